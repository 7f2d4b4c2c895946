"""Sentences with a fault of figures, each caught; sound sentences, none of them suspected."""

import pytest

from liqi.insight import audit

FAULTY = [
    ("parts", "全球14个最活跃的风险投资机构，4家位于波士顿、6家位于旧金山湾区、2家位于纽约、3家位于欧洲。"),
    ("parts", "14个最活跃…4家位于波士顿、6家…旧金山湾区、2家…纽约、3家…欧洲"),
    ("parts", "14个最活跃的风险投资机构中，有4家位于波士顿，6家位于旧金山湾区，2家位于纽约，3家位于欧洲。"),
    (
        "parts",
        "Of the 14 most active venture firms, 4 are in Boston, 6 in the San Francisco Bay Area, 2 in New "
        "York and 3 in Europe.",
    ),
    ("parts", "Fourteen firms were named: four in Boston, six in San Francisco, two in New York and three in Europe."),
    ("parts", "国产设备12台、进口设备30台，合计45台。"),
    ("parts", "平台共有仪器120台，其中质谱仪40台、色谱仪50台、显微镜20台。"),
    ("ratio", "全校仪器总量为61251台/套，其中进口46127台/套，占65%。"),
    ("ratio", "企业58家，其中核心企业25家，占比53.1%。"),
    ("percent", "市场份额分别为：甲公司占45%，乙公司占35%，丙公司占30%。"),
    ("percent", "国产占45%，进口占50%。"),
    ("percent", "设备国产化率达到120%。"),
    ("percent", "销量同比下降了130%。"),
    ("growth", "营业收入由2019年的714.7亿元增长到2020年的729.5亿元，增长12.1%。"),
    ("growth", "从2.3亿元增长到1.9亿元。"),
    ("growth", "产值由5亿元增至10亿元，翻了两番。"),
    ("growth", "出口714.7亿美元，进口1026.2亿美元，逆差211.5亿美元。"),
    ("date", "项目于2020年11月2日签约，2021年7月18日开园，历时3个月。"),
    ("date", "会议定于2023年2月30日召开。"),
    ("date", "执行期为2025年至2022年。"),
    ("date", "2024年5月1日（星期一）起施行。"),
    ("unit", "全国共有2.13万台（2130台）质谱仪。"),
    ("unit", "投资5亿美元（约5亿元人民币）。"),
    ("unit", "收入从2019年的3.2亿元增长到2020年的4.1亿美元。"),
    ("ratio", "占上海1/4、占全国3/5。"),
    ("growth", "市场规模620亿美元，年增长率7.5%，两年后达到816亿美元。"),
    ("ratio", "精度由50微米提高到2微米，是原来的35倍。"),
    ("ratio", "采购5台，共100万元，平均每台25万元。"),
    ("parts", "总投资5亿元，其中设备投资20亿元。"),
    ("ratio", "共58家企业中有25家，超过一半。"),
    ("parts", "The survey covered 200 instruments, of which 120 were imported and 90 domestic."),
    ("growth", "Revenue rose from 100 million USD to 120 million USD, an increase of 35%."),
    ("ratio", "In 2019 there were 40 firms, of which 25 (43%) were listed."),
    ("date", "The project ran from 2021 to 2019."),
    ("date", "The meeting on 31 April 2024 was cancelled."),
    ("parts", "4+6+2+3=14"),
    ("growth", "出口额100亿元，进口额80亿元，贸易逆差20亿元。"),
    ("date", "第五季度收入为3亿元。"),
    ("parts", "五家国企、三家民企、两家外企，总共十二家。"),
    ("growth", "2018年有30台，2020年有45台，增长60%。"),
    ("parts", "共有员工300人，其中男性180人，女性150人。"),
    ("parts", "全球14個最活躍的風險投資機構，4家位於波士頓、6家位於舊金山灣區、2家位於紐約、3家位於歐洲。"),
    ("growth", "Revenue rose from 100 million USD to 120 million USD, an increase of 35%."),
    ("date", "The project ran from 2021 to 2019."),
    ("percent", "百分之六十的设备来自美国，百分之三十来自德国，百分之二十来自日本。"),
    ("parts", "五家国企、三家民企、两家外企，总共十二家。"),
    ("date", "2018-2016年采购数据如下。"),
    ("parts", "全市共有实验室30个，其中国家级12个，其余20个为省级。"),
    ("parts", "中心现有人员120人：研究员30人、工程师50人、博士后35人。"),
    ("ratio", "Of 263 instruments, 126 are active, i.e. 60% active."),
    ("ratio", "Imports of 302 million USD were made by 2,989 units, an average of 0.5 million USD each."),
    ("parts", "Twenty companies made the list: eight American, seven European and four Japanese."),
    ("percent", "The share of imported devices is 108%."),
    ("percent", "60% are domestic, 30% German and 20% Japanese, all shares of one market."),
    ("growth", "进口占比由75%下降到80%。"),
    ("ratio", "研发投入3000万元，占营业收入5亿元的8%。"),
    ("growth", "2022年补贴1200万元，比2021年的1000万元增长30%。"),
    ("parts", "总面积30平方公里，其中一期20平方公里、二期15平方公里。"),
    ("date", "会议于13月5日召开。"),
    ("date", "自2024年6月31日起施行。"),
    ("date", "2023年11月31日前提交。"),
    ("date", "2019年6月签约，2018年12月投产。"),
    ("date", "建设周期从2023年9月至2022年3月。"),
    ("percent", "使用率为35%，闲置率为75%。"),
    ("parts", "质谱仪共2130台，其中进口2250台。"),
    ("ratio", "全省仪器5000台，开放共享3000台，占80%。"),
    ("growth", "订单由200台减少到260台。"),
    ("parts", "预算1000万元，其中设备费600万元、人员费300万元、其他费用200万元。"),
    ("parts", "甲乙丙三地分别有12家、15家、8家，共计40家。"),
    ("parts", "一等奖3项、二等奖5项、三等奖10项，共20项。"),
    ("growth", "年均增长10%，从2018年的100亿元增长到2020年的150亿元。"),
    ("date", "The 12-month project started on 5 May 2022 and ended on 3 March 2021."),
    ("date", "On Monday, 22 November 2026, the park opened."),
    ("growth", "In 2020 sales were 50 million CNY and in 2021 60 million CNY, up 30%."),
    ("unit", "预计投资12.5亿元（12500万元）。"),
    ("unit", "2020年产值3200万元，2021年产值3500亿元。"),
    ("percent", "女性占比55%，男性占比50%。"),
]
"""The check that must speak, and what it must speak about."""
SOUND = [
    "全球15个最活跃的风险投资机构，4家位于波士顿、6家位于旧金山湾区、2家位于纽约、3家位于欧洲。",
    "20强中八家来自美国、七家来自欧洲、五家来自日本，而中国没有一家。",
    "620亿美元,增长率为7.5%，其中生命科学仪器为167.5亿美元，占27%。",
    "合肥有量子企业58家，其中核心企业25家，占43.1%。",
    "约500家研发机构，8个大科学装置，1 000余家企业，占上海3/5、占全国1/4。",
    "总量为61251台/套,其中进口46127台/套,占75%。",
    "68.4%的物理学奖、74.6%的化学奖和90%的生理学或医学奖成果借助仪器完成。",
    "科研固定资产投资中仪器设施采购费用约占60%,科研经费投入中仪器采购费用约占25%,每年从国外引进仪器费用在800亿元左右。",
    "2018年出口714.7亿美元,进口1026.2亿美元，逆差311.5亿美元。",
    "2020年11月2日签约，2021年7月18日开园，历时8个月。",
    "2025年一季度进口质谱仪2989台,3.02亿美元；五国占86.4%；美国1012台；新加坡0.87亿美元、德国0.77亿美元、美国0.66亿美元。",
    "35家院所、88个团队、1000多名科研人员，目标100家，面积30平方公里。",
    "已完成约4公里，还将建设约55公里。",
    "精度达到2微米，普遍水平为50微米，是后者的25倍。",
    "首次突破1亿元、5亿元、10亿元、20亿元或50亿元的，给予一次性奖励，最高3000万元。",
    "高新技术企业50家、专精特新企业20家，共有企业58家。",
    "前三家企业分别占40%、30%、25%。",
    "服务业占60%，其中科技服务占50%。",
    "营业收入由2018年的714.7亿元增长到2019年的729.5亿元，增长2.1%。",
    "产值从20亿元增长到60亿元，增长了2倍。",
    "完成率达到120%，同比增长150%。",
    "5亿美元（约35亿元人民币）。",
    "全国共有2.13万台（21300台）质谱仪。",
    "企业300家，其中上市公司12家、高新技术企业80家、专精特新企业60家。",
    "2024年2月29日召开，2024年5月1日（星期三）起施行。",
    "执行期2021—2025年，1926年创立，1967年迁址。",
    "补助比例为10%、20%、30%，就高执行，最高5万元。",
    "国产12台、进口30台，合计42台。",
    "Of the 15 most active firms, 4 are in Boston, 6 in the Bay Area, 2 in New York and 3 in Europe.",
    "The survey covered 210 instruments, of which 120 were imported and 90 domestic.",
    "Revenue rose from 100 million USD to 120 million USD, an increase of 20%.",
    "The lab bought 12 microscopes in 2019 and 15 in 2020.",
    "In 2019 there were 58 firms, of which 25 (43%) were core firms.",
    "机组每周开放5天，每天8小时，2名技术员轮值。",
    "购置单价50万元以上的仪器超过10万台（套）。",
    "2015年建成，2018年扩建，2021年验收。",
    "租金比剑桥区域要便宜40%~45%，比旧金山湾区还高7%。",
    "三类设施八个种类四个阶段，第一批12个项目。",
    "质谱仪、色谱仪与显微镜共120台，其中质谱仪40台。",
    "2019年10台、2020年12台、2021年15台，三年共37台。",
    "The voucher pays 50 % of a fee of up to 7,500 EUR, at most 3,750 EUR.",
    "2016-2018年采购数据如下。",
    "全市共有实验室32个，其中国家级12个，其余20个为省级。",
    "中心现有人员115人：研究员30人、工程师50人、博士后35人。",
    "Of 263 instruments, 126 are active, i.e. 48% active.",
    "Twenty companies made the list: eight American, seven European and five Japanese.",
    "进口占比由80%下降到75%。",
    "研发投入3000万元，占营业收入5亿元的6%。",
    "2022年补贴1200万元，比2021年的1000万元增长20%。",
    "自2024年6月30日起施行。",
    "2018年12月签约，2019年6月投产。",
    "全省仪器5000台，开放共享3000台，占60%。",
    "一等奖3项、二等奖5项、三等奖10项，共18项。",
    "从2018年的100亿元增长到2020年的121亿元，年均增长10%。",
    "预计投资12.5亿元（125000万元）。",
    "单价在50万元以上的仪器有3万台，单价在200万元以上的有2000台。",
    "建成后年产值可达10亿元，带动就业2000人，年税收5000万元。",
    "该平台24/7开放，电话010-12345678，邮编100084。",
    "第14届年会共有300人参加，设5个分会场，收到论文120篇。",
    "采用GB/T 4754—2017分类，代码40下设19个小类。",
    "每家企业每年额度不超过50万元，按合同金额的50%拟定。",
    "A grant of at most 30 million CNY covers up to 40% of the investment.",
    "The instrument costs 2.5 million CNY and was used 1,511 hours, 256 of them by outside users.",
    "In 2024 the evaluation covered 49,000 instruments with 1,511 h on average, of which 256 h were shared (17%).",
    "2019年42000台，平均机时1440小时，其中对外240小时，占16%。",
    "与上年相比，用户由120家增加到150家，增加了30家，增长25%。",
    "误差由5%降至2%，效率提高3倍。",
    "进口量占比达80%，芯片占比90%以上。",
    "静态误差1%到2%，动态误差5%到10%。",
    "有一家企业、两所高校和三个研究所参与，一次性投入500万元。",
    "十年来累计支持项目1200项，经费35亿元，平均每项约292万元。",
    "由12家单位组成联盟，其中企业8家、高校4家。",
    "仪器300台，其中质谱仪100台（进口80台、国产20台），色谱仪200台。",
    "营业收入1.5亿元，同比增长20%；净利润3000万元，占20%。",
    "2021年3月至2023年6月，历时2年3个月完成验收。",
    "截至2025年底，全国共有53000台，71个设施，平均1599小时，其中共享273小时。",
    "The fund holds 58 firms; 25 are listed, 30 are in the park and 12 do both.",
    "前十大供应商占总额的75%，其中最大一家占30%。",
    "甲方承担60%，乙方承担40%。",
    "自1926年创立至今已近百年，2018年员工第一次超过400人。",
    "报名时间为2026年3月1日至3月31日，每天9:00至17:30。",
]


@pytest.mark.parametrize(("check", "sentence"), FAULTY)
def test_a_faulty_sentence_is_caught_by_its_check_and_quoted(check, sentence):
    found = audit.examine(sentence).findings
    assert check in {one.check for one in found}
    for one in found:
        assert one.sentence == sentence
        assert one.sure in ("certain", "likely", "possible")
        assert all(mark in sentence for mark in one.marked)
        for words in (one.found, one.expected):
            assert words.zh
            assert words.en


@pytest.mark.parametrize("sentence", SOUND)
def test_a_sound_sentence_is_not_suspected(sentence):
    assert audit.examine(sentence).findings == ()


def test_all_sound_sentences_together_are_not_suspected_either():
    assert audit.examine("\n".join(SOUND)).findings == ()
    assert audit.examine("".join(one for one in SOUND if one.endswith("。"))).findings == ()


def test_the_set_is_large_enough_to_mean_something():
    assert len(FAULTY) >= 40
    assert len(SOUND) >= 40
