"""A form's file: what is refused, in which words; which version is in force; the example of docs/forms.md."""

from __future__ import annotations

import codecs
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kiosk.papers.draft import example
from kiosk.papers.forms import Forms, load_forms
from kiosk.papers.sheet import Printing, paper
from kiosk.settings import SettingsError
from tests.papers.reading import FORMS, IN_WORDS, ROOT, TODAY, pages

SHIPPED = ROOT / "assets" / "papers" / "forms"
KEY = "school-transfer"


def from_the_manual() -> dict[str, str]:
    """The two files of docs/forms.md, by suffix."""
    text = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
    found = dict(re.findall(r"```(toml|typst)\n(.*?)```", text, re.DOTALL))
    return {".toml": found["toml"], ".typ": found["typst"]}


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The office's own folder with the manual's example in it."""
    for suffix, text in from_the_manual().items():
        (tmp_path / f"{KEY}{suffix}").write_text(text, encoding="utf-8")
    return tmp_path


def load(office: Path) -> Forms:
    return load_forms(SHIPPED, office)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_example_of_the_manual_is_sound(office: Path) -> None:
    form = load(office).on(TODAY)[KEY]
    assert pages(paper(example(form, {}, TODAY), IN_WORDS, TODAY, Printing())) == 1
    assert [one.key for one in load(office).for_procedure("school-transfer", TODAY)] == [KEY]


def test_the_manual_knows_every_key_type_and_function() -> None:
    from kiosk.papers import forms

    text = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
    for model in (forms.FormFile, forms.Role, forms.FormField):
        for name, key in model.model_fields.items():
            if name not in ("role", "field", "line"):
                assert f"`{key.alias or name}`" in text, name
    for kind in (*forms.Kind.__args__, *forms.Given.__args__, *forms.CARD_PARTS):
        assert re.search(rf"\b{kind}\b", text), kind
    library = (SHIPPED / "form.typ").read_text(encoding="utf-8")
    told = set(re.findall(r"[#( ]([a-z][a-z-]*)\(", " ".join(re.findall(r"`(#.*?)`", text)))) - {"table"}
    assert told <= set(re.findall(r"^#let ([a-z-]+)", library, re.MULTILINE))


TWICE = '\n[[field]]\nkey = "pupil.name"\nlabel = "Tên"\ntype = "name"\n'
LAST = ', "Ngày, tháng, năm sinh:", "pupil.birth"'
WAITS = 'label = "Nơi cư trú"\nonly = { field = "requester.address", says = ["x"] }'
COPY = 'name = "A"\ncopy = [{ role = "pupl", only = { field = "pupil.name", says = ["x"] } }]'
MISSPELT = 'choices = "hoems"\nonly = { field = "requester.address", says = ["x"] }'
CIRCLE = """
copy = [{ role = "requester", only = { field = "office.place", says = ["x"] } }]"""

BROKEN: list[tuple[str, str, str, tuple[str, ...]]] = [
    (".toml", 'title = "Đơn', "title = Đơn", ("toml: (file)", "is not valid TOML")),
    (".toml", 'circular = "Mẫu của xã"\n', "", ("toml: circular: is missing", "birth.toml shows an example")),
    (".toml", f'key = "{KEY}"', 'key = "School_1"', ("key: must be small letters, digits, hyphens", "'School_1'")),
    (".toml", 'key = "pupil.name"', 'key = "name"', ("field.name.key: must be role.part", "(it is 'name')")),
    (".toml", f'layout = "{KEY}.typ"', 'layout = "School.typ"', ("toml: layout: must be small letters", ".typ")),
    (".toml", "confirmed = false", "confirmd = false", ("confirmd: is not a known setting", '"confirmed"')),
    (".toml", 'type = "name"', 'type = "nme"', ("field.requester.name.type", 'mean "name"')),
    (".toml", "effective_from = 2026-01-01", 'effective_from = "soon"', ("effective_from", "'soon'")),
    (".toml", 'example = "05/09/2015"', "example = 2015", ("pupil.birth.example", "Write it in quotes")),
    (".toml", "confirmed = false", "effective_to = 2025-12-31", ("effective_to: lies before effective_from",)),
    (".toml", "\n[[line]]", f"{TWICE}\n[[line]]", ("field.pupil.name: stands twice",)),
    (".toml", 'key = "pupil.birth"', 'key = "pupl.birth"', ('field.pupl.birth: has no role "pupl"', '"pupil"')),
    (".toml", 'example = "05/09/2015"', 'suggest = ["pupil.nam"]', ('suggest: "pupil.nam" is no field',)),
    (".toml", 'choices = "homes"', 'choices = "hoems"', ('there is no list "hoems"', '"homes"')),
    (".toml", 'choices = "homes"', MISSPELT, ('requester.address.choices: there is no list "hoems"',)),
    (".toml", 'choices = "homes"\n', "", ("field.requester.address.choices: is empty",)),
    (".toml", 'choices = "homes"', "choices = []\nopen = false", ("is empty: nothing can be chosen",)),
    (".toml", 'label = "Nơi cư trú"', WAITS, ("field.requester.address: waits for itself",)),
    (".toml", 'name = "Người yêu cầu"', COPY, ('role.requester.copy: "pupl" is no role', '"pupil"')),
    (".toml", ", sinh {pupil.birth}", "", ("field.pupil.birth: is asked but never read back", "[[line]]")),
    (".toml", "{pupil.name}, sinh", "{pupil.nam}, sinh", ('line.1: "pupil.nam" is no field', '"pupil.name"')),
    (".typ", '"pupil.birth"', '"pupil.brith"', (f"{KEY}.typ: pupil.brith: is no field of the form", '"pupil.birth"')),
    (".typ", LAST, "", (f"{KEY}.typ: pupil.birth: is never printed", '#row("label", "pupil.birth")')),
    (".typ", '"pupil.birth"', 'pupil.birth"', ("pupil.birth: is never printed", "a quote is missing beside it")),
    (".typ", LAST, ")\n//" + LAST[1:], (f"{KEY}.typ: pupil.birth: is never printed",)),
    (".toml", f'layout = "{KEY}.typ"', 'layout = "other.typ"', ("layout: other.typ cannot be read", "beside")),
    (".toml", f'layout = "{KEY}.typ"', 'layout = "../other.typ"', ("layout", "'../other.typ'")),
]  # fmt: skip


NAMES = [f"{number} {one[3][0]}" for number, one in enumerate(BROKEN)]


@pytest.mark.parametrize(("suffix", "old", "new", "told"), BROKEN, ids=NAMES)
def test_a_mistake_is_told_with_file_key_and_cure(
    office: Path, suffix: str, old: str, new: str, told: tuple[str, ...]
) -> None:
    change(office / f"{KEY}{suffix}", old, new)
    with pytest.raises(SettingsError) as wrong:
        load(office)
    assert str(wrong.value).startswith(f"{KEY}.t")
    for piece in told:
        assert piece in str(wrong.value)


def test_people_who_copy_each_other_wait_for_ever(office: Path) -> None:
    """Parts of the same name in both, each taken from the other."""
    file = office / f"{KEY}.toml"
    change(file, 'name = "Người yêu cầu"', 'name = "Người yêu cầu"' + CIRCLE.replace('"requester"', '"pupil"'))
    change(file, 'name = "Học sinh"', 'name = "Học sinh"' + CIRCLE)
    with pytest.raises(SettingsError, match=r"waits for itself: .*name → .*name"):
        load(office)


def test_a_condition_must_be_a_choice_letter_by_letter(office: Path) -> None:
    change(office / f"{KEY}.toml", 'choices = "homes"', 'choices = ["Thôn 2", "Thôn 3"]')
    only = 'only = { field = "requester.address", says = ["Thôn 4"] }'
    change(office / f"{KEY}.toml", 'example = "05/09/2015"', only)
    with pytest.raises(SettingsError, match=r'only\.says: "Thôn 4" is no choice of requester\.address'):
        load(office)


def test_not_utf8_is_told(office: Path) -> None:
    file = office / f"{KEY}.toml"
    file.write_bytes(file.read_text(encoding="utf-8").encode("utf-16"))
    with pytest.raises(SettingsError, match="UTF-8"):
        load(office)


def test_a_mark_that_some_editors_put_before_utf8_is_no_mistake(office: Path) -> None:
    (office / "lists.toml").write_text('[lists]\nhomes = ["Thôn 9"]\n', encoding="utf-8")
    for path in office.iterdir():
        path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())
    form = load(office).on(TODAY)[KEY]
    assert form.choices(form.fields["requester.address"]) == ["Thôn 9"]
    assert pages(paper(example(form, {}, TODAY), IN_WORDS, TODAY, Printing())) == 1


def test_two_files_of_one_folder_are_not_the_same_form(office: Path) -> None:
    """Else one of them would be in force, and nobody could tell which."""
    shutil.copy(office / f"{KEY}.toml", office / "copy.toml")
    told = f'{KEY}.toml: key: "{KEY}" from 2026-01-01 stands in copy.toml too'
    with pytest.raises(SettingsError, match=re.escape(told)):
        load(office)


def test_an_office_without_its_own_folder_has_the_shipped_forms(tmp_path: Path) -> None:
    assert {form.key for form in load(tmp_path / "none").all} == set(FORMS)


def test_a_correction_takes_the_place_of_the_shipped_form(tmp_path: Path) -> None:
    for suffix in (".toml", ".typ"):
        shutil.copy(SHIPPED / f"death{suffix}", tmp_path)
    change(tmp_path / "death.toml", "confirmed = false", "confirmed = true")
    mine = [form for form in load(tmp_path).all if form.key == "death"]
    assert [form.file.confirmed for form in mine] == [True] and mine[0].path.parent == tmp_path


def test_the_office_s_list_stands_in_for_the_shipped_one(office: Path) -> None:
    (office / "lists.toml").write_text('[lists]\nhomes = ["Thôn 9"]\nmine = ["a"]\n', encoding="utf-8")
    form = load(office).on(TODAY)[KEY]
    assert form.choices(form.fields["requester.address"]) == ["Thôn 9"]
    assert form.lists["ethnic"][:3] == ["Kinh", "H'rê", "Ba Na"] and len(set(form.lists["ethnic"])) == 54


def newer(office: Path, since: date) -> None:
    for suffix in (".toml", ".typ"):
        shutil.copy(office / f"{KEY}{suffix}", office / f"{KEY}-2027{suffix}")
    change(office / f"{KEY}-2027.toml", "effective_from = 2026-01-01", f"effective_from = {since}")
    change(office / f"{KEY}-2027.toml", f'layout = "{KEY}.typ"', f'layout = "{KEY}-2027.typ"')


@pytest.mark.parametrize("ended", [False, True])
def test_a_new_circular_takes_over_on_its_day(office: Path, ended: bool) -> None:
    newer(office, date(2027, 3, 1))
    if ended:
        change(office / f"{KEY}.toml", "confirmed = false", "effective_to = 2027-02-28")
    of: Callable[[date], str] = lambda day: load(office).on(day)[KEY].path.name  # noqa: E731
    assert of(date(2027, 2, 28)) == f"{KEY}.toml"
    assert of(date(2027, 3, 1)) == of(date(2030, 1, 1)) == f"{KEY}-2027.toml"
    assert KEY not in load(office).on(date(2025, 12, 31))


def test_no_wording_is_confirmed_before_an_office_did() -> None:
    """The shipped wordings were not compared with the circulars; each says what is unsure."""
    for form in FORMS.values():
        assert not form.file.confirmed and "chưa" in form.file.source


def test_what_is_asked_is_polite_and_guesses_nobody_s_age() -> None:
    for form in FORMS.values():
        for one in form.file.field:
            if one.ask:
                asked = one.ask.replace("mẹ, cha, hay ông bà", "")
                assert "ạ" in asked and asked.rstrip()[-1] in "?.", one.key
                assert not re.search(r"\b([Ôô]ng bà|[Cc]ô chú|[Bb]ác|[Aa]nh chị)\b", asked), one.key


def test_the_examples_can_be_typed_on_any_day_that_the_form_is_in_force() -> None:
    """`kiosk check` tries them: a day to come would be refused, by a machine whose clock is behind too."""
    for form in FORMS.values():
        example(form, {}, form.file.effective_from)


def test_a_day_that_is_read_back_is_not_called_a_day_twice() -> None:
    """The value says "ngày 5 tháng 3 năm 2024" by itself, or only "năm 1993"."""
    for form in FORMS.values():
        for line in form.file.line:
            for text, key in line.pieces:
                if key and form.fields[key].type == "date":
                    assert not text.rstrip().endswith(("ngày", "tháng", "năm")), (form.key, line.say)


def test_the_conversation_is_read_back_in_few_sentences() -> None:
    for form in FORMS.values():
        assert 5 <= len(form.file.line) <= 9, form.key
