"""Identifiers, slugs and file names."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest

from migrate_core.errors import ConfigurationError, InvalidLabel, InvalidRevisionId
from migrate_core.scripts.names import check_id, check_label, file_name, new_id, now, slug

WHEN = datetime(2026, 3, 9, 7, 5, 4, tzinfo=timezone.utc)


def test_a_new_id_is_twelve_hexadecimal_digits() -> None:
    assert re.fullmatch("[0-9a-f]{12}", new_id())


def test_two_new_ids_differ() -> None:
    assert new_id() != new_id()


def test_now_has_an_offset_where_a_zone_is_named() -> None:
    assert now().utcoffset() is None
    assert now("UTC").utcoffset() == timedelta(0)


@pytest.mark.parametrize("revision", ["a", "0001", "v1.2_final", "größe", "x" * 32])
def test_an_id_of_letters_digits_underscores_and_dots_passes(revision: str) -> None:
    check_id(revision)


@pytest.mark.parametrize(
    ("revision", "reason"),
    [
        ("", "it is empty"),
        ("a@b", "'@' has a meaning in targets"),
        ("a+b:c", "'+' ':' have a meaning in targets"),
        ("a-b", "'-' has a meaning in targets"),
        ("../../x", "it contains '/'"),
        ("a\\b", r"it contains '\\'"),
        ("a b", "it contains ' '"),
        ('a"', "it contains '\"'"),
        ("a\n", r"it contains '\n'"),
        ("x" * 33, "it has 33 characters, and the version table holds 32"),
        ("head", "that word means a place in the history"),
        ("heads", "that word means a place in the history"),
        ("base", "that word means a place in the history"),
        ("current", "that word means a place in the history"),
    ],
)
def test_an_id_that_could_not_be_used_is_refused(revision: str, reason: str) -> None:
    with pytest.raises(InvalidRevisionId) as caught:
        check_id(revision)
    assert (caught.value.revision, caught.value.reason) == (revision, reason)


def test_a_label_may_be_longer_than_an_id() -> None:
    check_label("x" * 40)


@pytest.mark.parametrize("label", ["", "shop@eu", "base", "my shop"])
def test_a_label_that_could_not_be_named_is_refused(label: str) -> None:
    with pytest.raises(InvalidLabel) as caught:
        check_label(label)
    assert caught.value.label == label


@pytest.mark.parametrize(
    ("message", "length", "expected"),
    [
        ("Add Users", 40, "add_users"),
        ("don't -- 'quote' me!", 40, "don_t_quote_me"),
        ("Größe ändern", 40, "größe_ändern"),
        ("../../etc/passwd", 40, "etc_passwd"),
        ("", 40, ""),
        ("add users table", 12, "add_users_"),
        ("add users table", 9, "add_users_"),
        ("add users", 9, "add_users"),
        ("abcdefgh", 4, "abcd_"),
        ("x" * 41, 0, "x" * 40 + "_"),
    ],
)
def test_a_slug_is_the_words_of_the_message(message: str, length: int, expected: str) -> None:
    assert slug(message, length) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("%(rev)s_%(slug)s", "1f0c_add_users.py"),
        ("%(year)d_%(month).2d_%(day).2d_%(rev)s", "2026_03_09_1f0c.py"),
        ("%(hour)02d%(minute)02d%(second)02d-%(slug)s", "070504-add_users.py"),
        ("%(epoch)s", "1773039904.py"),
        ("100%%_%(rev)s", "100%_1f0c.py"),
        ("%(year)d/%(month)02d/%(rev)s", "2026/03/1f0c.py"),
    ],
)
def test_a_file_name_is_made_of_tokens(template: str, expected: str) -> None:
    assert file_name(template, "1f0c", "add users", WHEN, 40) == expected


@pytest.mark.parametrize(
    "template", ["%(author)s", "%(rev", "%(rev)d", "%s%s", "../%(rev)s", "/%(rev)s"]
)
def test_a_file_template_that_cannot_be_used_is_shown(template: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^file_template '"):
        file_name(template, "1f0c", "add users", WHEN, 40)
