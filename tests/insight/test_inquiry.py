import pytest

from liqi import taxonomy
from liqi.insight import inquiry


@pytest.mark.parametrize(
    ("text", "class_code", "place"),
    [
        ("质谱 in 青岛", "010200", "370200"),
        ("mass spectrometry in Hefei", "010200", "340100"),
        ("合肥的质谱", "010200", "340100"),
        ("質譜 在 青島", "010200", "370200"),
        ("Qingdao mass spectrometry", "010200", "370200"),
        ("青岛质谱", "010200", "370200"),
        ("X射线衍射 上海市", "010301", "310000"),
        ("NMR in Germany", "010601", "DE"),
        ("拉曼 in UK", "010410", "GB"),
        ("河南 洛阳 拉曼", "010410", "410300"),
        ("mass spectrometry, Hefei, Anhui", "010200", "340100"),
        ("电镜 in 崂山", "010100", "370212"),
        ("flow cytometry near Boston", "011012", "geo:4930956"),
        ("Brookfield viscometer in Hefei", "020106", "340100"),
        ("北京怀柔区冷冻电镜", "010101", "110116"),
        ("深圳南山激光共聚焦", "010802", "440305"),
        ("北京海淀质谱", "010200", "110108"),
        ("离心机 in Pudong", "011023", "310115"),
        ("SEM Kunshan", "010102", "320583"),
        ("chromatography in Jiangsu province", "010500", "320000"),
        ("microscopes in New York", "010800", "geo:5128581"),
        ("masspectrometry in Hefei", "010200", "340100"),
        ("质普仪 青岛", "010200", "370200"),
    ],
)
def test_a_question_names_a_class_and_a_place_in_any_script_and_order(text, class_code, place):
    found = inquiry.read(text)
    assert (found.subjects[0].code, found.places[0].code) == (class_code, place)


def test_a_name_of_several_places_keeps_them_all_the_largest_first():
    assert [one.code for one in inquiry.read("朝阳的电镜").places][:2] == ["211300", "110105"]
    assert [one.country for one in inquiry.read("microscope in Cambridge").places] == ["GB", "US", "CA"]


def test_a_place_within_the_name_of_a_body_is_none():
    assert inquiry.read("中山大学的质谱").places == ()


@pytest.mark.parametrize(
    ("text", "zone", "places"),
    [
        ("长三角 质谱", "长三角", ["310000", "320000", "330000", "340000"]),
        ("长三角质谱", "长三角", ["310000", "320000", "330000", "340000"]),
        ("mass spectrometry in the Greater Bay Area", "Greater Bay Area", ["440000", "810000", "820000"]),
        ("核磁 in 张江", "张江", ["310115"]),
        ("流式 in 苏州工业园区", "苏州工业园区", ["320500"]),
        ("长三角 上海 质谱", "", ["310000"]),
        ("崂山 质谱", "", ["370212"]),
        ("Haidian NMR", "", ["110108"]),
    ],
)
def test_regions_and_parks_are_read_as_what_they_are_made_of_or_lie_in(text, zone, places):
    found = inquiry.read(text)
    assert (found.zone, [one.code for one in found.places]) == (zone, places)


def test_every_zone_names_divisions_that_there_are():
    for name, codes in taxonomy.zones().items():
        assert codes, name
        assert set(codes) <= set(taxonomy.divisions()), name


def test_a_word_that_sounds_like_an_instrument_is_read_as_it_and_said():
    found = inquiry.read("色普仪 北京")
    assert (found.misprint, found.subjects[0].code) == (("色普仪", "色谱仪"), "010500")
    assert inquiry.read("色谱仪 北京").misprint is None


def test_what_is_no_place_is_said():
    found = inquiry.read("质谱 in nowhere")
    assert (found.not_a_place, found.places, found.subjects[0].code) == ("nowhere", (), "010200")


@pytest.mark.parametrize(
    "text",
    [
        *("青岛缺什么仪器", "What is missing in Wuhan?", "安徽省 进口仪器", "哪里有仪器", "合肥有哪些国产设备"),
        *("who makes instruments in Suzhou", "苏州仪器国产化率", "how many instruments are imported in Hefei"),
    ],
)
def test_a_question_of_no_kind_of_instrument_is_about_all(text):
    assert inquiry.read(text).everything


@pytest.mark.parametrize("text", ["", "?????", "   "])
def test_nothing_is_read_from_nothing(text):
    found = inquiry.read(text)
    assert (found.subjects, found.places, found.everything) == ((), (), False)


def test_instruments_of_every_class_may_be_asked_for():
    assert inquiry.read("instruments in Anhui").everything
    assert inquiry.read("青岛").everything


def test_long_and_strange_questions_are_read_without_a_fault():
    for text in ("质谱" * 500, "\x00\u202e in \u202d", "in in in", "的的的", "İ in ß", "'; DROP TABLE --", "🔬 in 🏙"):
        inquiry.read(text)


@pytest.mark.parametrize("code", ["", "XX", "999999", "geo:0", "geo:x", "370299"])
def test_a_code_of_no_place_is_refused_with_what_is_expected(code):
    with pytest.raises(inquiry.UnclearQuestion, match="expected a country"):
        inquiry.where(code)


def test_a_district_lies_in_its_town():
    place = inquiry.where("370212")
    assert (place.kind, place.town, place.province, place.label("en")) == (
        "district",
        "370200",
        "370000",
        "Laoshan, Qingdao",
    )
    assert inquiry.where("310000").town == "310000"
