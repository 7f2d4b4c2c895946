import pytest

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


def test_what_is_no_place_is_said():
    found = inquiry.read("质谱 in nowhere")
    assert (found.not_a_place, found.places, found.subjects[0].code) == ("nowhere", (), "010200")


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
        "崂山区, Qingdao",
    )
    assert inquiry.where("310000").town == "310000"
