"""survey.toml: the shipped profiles are what ministry and decree ask for; mistakes are told with their place."""

from __future__ import annotations

import shutil
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from kiosk.settings import Profile, SettingsError, Survey, load, places

CONFIG = Path(__file__).parents[1] / "config"
TODAY = date(2026, 11, 26)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONFIG, tmp_path / "config"))


def survey(config: Path) -> Survey:
    return load(places(config=config)).survey


def change(config: Path, old: str, new: str, file: str = "survey.toml") -> None:
    path = config / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def a_second_version(config: Path, starts: str) -> None:
    """The first profile once more, as version 2 from another day on."""
    path = config / "survey.toml"
    text = path.read_text(encoding="utf-8")
    first = text[text.index("[[profile]]") : text.index("# ---- Decree 61")]
    second = first.replace("version = 1", "version = 2").replace("effective_from = 2022-03-01", starts)
    path.write_text(text + "\n" + second, encoding="utf-8")


# ---- the shipped profiles ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> Survey:
    return load(places()).survey


def test_sipas_is_the_default(shipped: Survey) -> None:
    profile = shipped.profile_on(TODAY)
    assert profile is not None and profile.key == "sipas"
    assert [len(group.criterion) for group in profile.group] == [4, 5, 6, 3, 4]
    assert profile.values == (5, 4, 3, 2, 1)
    assert profile.satisfied_from == 4


def test_decree_61_has_nine_indices_and_its_classes(shipped: Survey) -> None:
    profile = shipped.profile("decree61", 1)
    assert len(profile.criteria) == 9
    assert profile.values == (2, 1, 0)
    unit, officer = profile.rating
    assert [one.at_least for one in unit.classes] == [15, 12, 9, 6, 0]
    assert [one.at_least for one in officer.classes] == [8, 6, 4, 0]
    names = list(profile.criteria)
    assert [names.index(name) + 1 for name in profile.criteria_of(officer)] == [1, 2, 3, 4, 7]
    assert profile.criteria_of(unit) == tuple(names)


def test_profiles_are_samples_until_the_office_confirms_them(shipped: Survey) -> None:
    assert {profile.verified_by for profile in shipped.profiles} == {"mẫu – chưa được xã xác nhận"}
    assert all(profile.source for profile in shipped.profiles)


@pytest.mark.parametrize("key", ["sipas", "decree61"])
def test_questions_are_short_and_say_ong_ba_as_the_office_does(shipped: Survey, key: str) -> None:
    profile = shipped.profile(key, 1)
    questions = [criterion.asked("vi") for criterion in profile.criteria.values()]
    assert len(set(questions)) == len(questions)
    for question in questions:
        assert len(question.split()) <= 12, question
        assert question.endswith("?") and question[0].isupper() and "{" not in question
    said = [question for question in questions if "ông bà" in question.lower()]
    assert len(said) >= len(questions) - 1


def test_every_text_is_composed_and_has_english_beside_it(shipped: Survey) -> None:
    text = (CONFIG / "survey.toml").read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    for profile in shipped.profiles:
        for criterion in profile.criteria.values():
            assert criterion.question.keys() == criterion.formal.keys() == {"vi", "en"}
            assert all(len(profile.words(criterion.key, language)) == len(profile.scale) for language in ("vi", "en"))


def test_a_criterion_may_have_answers_of_its_own(shipped: Survey) -> None:
    profile = shipped.profile("decree61", 1)
    assert profile.words("total-time", "vi") == ["Sớm hơn hẹn", "Đúng hẹn", "Trễ hẹn"]
    assert profile.words("attitude", "vi") == ["Tốt", "Tạm được", "Chưa tốt"]
    assert profile.words("attitude", "hre") == profile.words("attitude", "vi")


def test_faces_and_what_a_question_is_about_are_among_the_pictures_that_the_start_checks() -> None:
    named = {key: pictogram for file, key, pictogram in load(places()).pictograms() if file == "survey.toml"}
    assert {f"face-{number}" for number in range(1, 6)} <= set(named.values())
    assert named["profile.sipas.criterion.polite.pictogram"] == "officer-welcomes"


def test_every_question_for_everybody_has_a_picture_of_its_own(shipped: Survey) -> None:
    """Who cannot read tells the second question from the first by it; how the first two of each profile are shown."""
    for profile in shipped.profiles:
        drawn = [profile.criteria[key].pictogram for key in profile.core]
        assert all(drawn)
        assert drawn[0] != drawn[1]


# ---- address form, versions and dates ------------------------------------------------------------------------------


def test_another_office_addresses_citizens_otherwise(config: Path) -> None:
    change(config, 'vi = "ông bà"', 'vi = "bà con"', "office.toml")
    profile = survey(config).profile("sipas", 1)
    assert profile.criteria["polite"].asked("vi") == "Bà con hài lòng thế nào về thái độ của cán bộ?"


def test_the_profile_of_a_day_is_half_open(config: Path) -> None:
    change(config, "effective_from = 2022-03-01", "effective_from = 2022-03-01\neffective_to = 2026-07-01")
    a_second_version(config, "effective_from = 2026-08-01")
    change(config, "effective_from = 2026-08-01\neffective_to = 2026-07-01", "effective_from = 2026-08-01")
    found = survey(config)

    def version(day: date) -> int | None:
        profile: Profile | None = found.profile_on(day)
        return profile and profile.version

    assert version(date(2022, 2, 28)) is None
    assert version(date(2022, 3, 1)) == 1
    assert version(date(2026, 6, 30)) == 1
    assert version(date(2026, 7, 1)) is None  # a month without a survey
    assert version(date(2026, 7, 31)) is None
    assert version(date(2026, 8, 1)) == 2
    assert found.profile("sipas", 1).version == 1  # old answers keep their own
    decree = found.profile_on(date(2026, 7, 1), "decree61")
    assert decree is not None and decree.key == "decree61"


def test_a_version_that_the_file_has_lost_is_an_error(shipped: Survey) -> None:
    with pytest.raises(SettingsError, match=r"profile\.sipas: version 7 is missing.*sipas version 1"):
        shipped.profile("sipas", 7)


def test_two_versions_on_one_day_are_a_mistake(config: Path) -> None:
    a_second_version(config, "effective_from = 2026-08-01")
    with pytest.raises(SettingsError, match=r"versions 1 and 2 both hold on 2026-08-01.*effective_to = 2026-08-01"):
        survey(config)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('default = "sipas"', 'default = "sipa"', ["default", '"sipa"', '"sipas"']),
        ("dont_know = true", "dont_knov = true", ["profile.sipas.dont_knov", "not a known setting", '"dont_know"']),
        ("[[profile.rating]]", "[[profile.ratin]]", ["profile.decree61.ratin", '"rating"']),
        ('default = "sipas"', 'profil = "sipas"', ["profil", "not a known setting", '"profile"']),
        ('"polite", "clear"', '"polit", "clear"', ["profile.sipas.core", '"polite"']),
        ('"polite", "clear", "time", "result-right"', '"polite", "clear"', ["profile.sipas.core", "at least 3"]),
        ('"polite", "clear", ', '"polite", "polite", ', ["profile.sipas.core.polite", "twice"]),
        ("satisfied_from = 4", "satisfied_from = 6", ["satisfied_from", "6"]),
        ("{ value = 4,", "{ value = 5,", ["profile.sipas.scale", "best answer first"]),
        ("{You} hài lòng", "{Yuo} hài lòng", ["criterion.seats.question", "{Yuo}", "{You}"]),
        ('key = "listening"', 'key = "polite"', ["criterion.polite", "twice"]),
        ("effective_from = 2022-03-01", "effective_from = 2022-03-01\neffective_to = 2022-03-01", ["effective_to"]),
        ("effective_from = 2022-03-01", 'effective_from = "soon"', ["profile.sipas.effective_from", "'soon'"]),
        ("at_least = 12", "at_least = 15", ["decree61.rating.unit.classes", "highest class first"]),
        ("at_least = 0", "at_least = 1", ["decree61.rating.unit.classes", "from 0"]),
        ('criteria = ["total-time"', 'criteria = ["total-tme"', ["rating.officer.criteria", '"total-time"']),
        (', { vi = "Trễ hẹn", en = "Late" }', "", ["criterion.total-time.words", "2 answers"]),
        ('question = { vi = "', 'question = { xx = "', ["criterion.seats.question", "Vietnamese"]),
        ('en = "How satisfied are {you} with the seats', 'hre = "How {you}', ["address_form", '"hre"']),
        ("version = 1", "version = 0", ["profile.sipas.version"]),
        ('key = "decree61"', 'key = "sipas"', ["profile.sipas.version", "stands twice"]),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(config: Path, old: str, new: str, says: list[str]) -> None:
    change(config, old, new)
    with pytest.raises(SettingsError) as caught:
        survey(config)
    told = str(caught.value)
    assert told.startswith("survey.toml: ")
    for part in says:
        assert part in told, told


def test_a_missing_file_says_so(config: Path) -> None:
    (config / "survey.toml").unlink()
    with pytest.raises(SettingsError, match=r"survey\.toml: \(file\): is missing"):
        survey(config)
