from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet, MultiFernet

from gateway import keyfiles
from gateway.setting import ConfigError

OLD, NEW = "o" * 32, "n" * 32


def test_the_same_folder_gives_the_same_keys(tmp_path: Path) -> None:
    assert keyfiles.ready(tmp_path) == keyfiles.ready(tmp_path)


def test_two_folders_give_different_keys(tmp_path: Path) -> None:
    one, other = keyfiles.ready(tmp_path / "a"), keyfiles.ready(tmp_path / "b")
    assert not {one.signing, one.pepper, *one.vault} & {other.signing, other.pepper, *other.vault}


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    keyfiles.ready(tmp_path / "data")
    files = sorted((tmp_path / "data").iterdir())
    assert [file.name for file in files] == ["pepper.key", "signing.key", "vault.key"]
    assert not any(keyfiles.exposed(path) for path in (tmp_path / "data", *files))


def test_what_others_may_read_is_exposed(tmp_path: Path) -> None:
    (tmp_path / "a.key").touch(mode=0o644)
    assert keyfiles.exposed(tmp_path / "a.key")
    assert not keyfiles.exposed(tmp_path / "absent")


def test_hosts_with_the_same_secret_agree(tmp_path: Path) -> None:
    assert keyfiles.ready(tmp_path / "a", [OLD]) == keyfiles.ready(tmp_path / "b", [OLD])
    assert not (tmp_path / "a" / "vault.key").exists()


def test_a_new_secret_changes_no_digest(tmp_path: Path) -> None:
    before = keyfiles.ready(tmp_path / "a", [OLD]).pepper
    assert keyfiles.ready(tmp_path / "a", [NEW, OLD]).pepper == before
    assert keyfiles.ready(tmp_path / "new host", [NEW, OLD]).pepper == before


def test_after_a_rotation_the_new_secret_seals_and_the_old_opens(tmp_path: Path) -> None:
    sealed = Fernet(keyfiles.ready(tmp_path, [OLD]).vault[0]).encrypt(b"dish")
    rotated = keyfiles.ready(tmp_path, [NEW, OLD]).vault
    assert MultiFernet([Fernet(key) for key in rotated]).decrypt(sealed) == b"dish"
    assert rotated[0] == keyfiles.ready(tmp_path, [NEW]).vault[0]


def test_a_secret_set_later_still_opens_what_the_file_sealed(tmp_path: Path) -> None:
    before = keyfiles.ready(tmp_path).vault
    assert keyfiles.ready(tmp_path, [NEW]).vault[1:] == before


@pytest.mark.parametrize("content", ["", "not hex", "ab"])
def test_a_damaged_file_stops_the_start(tmp_path: Path, content: str) -> None:
    (tmp_path / "pepper.key").write_text(content, encoding="ascii")
    with pytest.raises(ConfigError, match="is damaged"):
        keyfiles.ready(tmp_path)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("ab" * 32, encoding="ascii")
    (tmp_path / "pepper.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="cannot be read"):
        keyfiles.ready(tmp_path)


def test_a_file_in_place_of_the_folder_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(ConfigError, match=r"^DATA_DIR: "):
        keyfiles.ready(tmp_path / "data")
