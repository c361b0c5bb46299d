"""A file of many parts: one changed byte is found and named, a cut-off one is no file, a bomb is not unpacked."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietmonday.kit import archives
from quietmonday.kit.archives import AlreadyThere, Damaged, Reader, writing

LINES = [f"line {number}" for number in range(2000)]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "a.qm"
    with writing(path) as writer:
        with writer.part("rows/one") as part:
            part.write("\n".join(LINES).encode())
        with writer.part("bytes/two") as part:
            part.write(os.urandom(5000))
        with writer.part("empty"):
            pass
        writer.finish({"kind": "test"})
    return path


def read(path: Path) -> dict[str, bytes]:
    with Reader(path) as reader:
        reader.check()
        return {name: b"".join(reader.chunks(name)) for name in reader.parts}


def test_what_is_written_reads_back(archive: Path) -> None:
    parts = read(archive)
    assert parts["rows/one"].decode().split("\n") == LINES
    assert len(parts["bytes/two"]) == 5000
    assert parts["empty"] == b""
    with Reader(archive) as reader:
        assert [line.decode() for line in reader.lines("rows/one")] == LINES
        assert reader.manifest["kind"] == "test"
    assert zipfile.ZipFile(archive).testzip() is None  # anybody's tool opens it


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        with writing(tmp_path / name) as writer:
            with writer.part("x") as part:
                part.write(b"y" * 100)
            writer.finish({})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_any_changed_byte_is_found(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    missed = []
    for at in range(0, len(whole), 7):
        changed = tmp_path / "changed"
        changed.write_bytes(whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :])
        try:
            read(changed)
        except Damaged:
            continue
        missed.append(at)
    assert missed == []


def test_the_damaged_part_is_named(archive: Path, tmp_path: Path) -> None:
    info = zipfile.ZipFile(archive).getinfo("bytes/two")
    whole = bytearray(archive.read_bytes())
    whole[info.header_offset + 2000] ^= 1
    changed = tmp_path / "changed"
    changed.write_bytes(whole)
    with pytest.raises(Damaged, match=r"[Pp]art bytes/two"):
        read(changed)


@settings(deadline=None)
@given(cut=st.floats(0, 1))
def test_a_file_that_was_cut_off_is_refused(tmp_path_factory: pytest.TempPathFactory, cut: float) -> None:
    folder = tmp_path_factory.mktemp("cut")
    with writing(folder / "whole") as writer:
        with writer.part("x") as part:
            part.write(os.urandom(3000))
        writer.finish({})
    whole = (folder / "whole").read_bytes()
    (folder / "cut").write_bytes(whole[: int(cut * (len(whole) - 1))])
    with pytest.raises(Damaged):
        read(folder / "cut")


@pytest.mark.parametrize("data", [b"", b"PK", b"hello", b"PK\x03\x04" + b"x" * 500, os.urandom(2000)])
def test_another_file_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "other").write_bytes(data)
    with pytest.raises(Damaged, match="Nothing was changed"):
        read(tmp_path / "other")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "ALWAYS_UNPACKED", 1_000_000)
    path = tmp_path / "bomb"
    with writing(path) as writer:
        with writer.part("x") as part:
            for _ in range(20):
                part.write(b"\0" * 1_000_000)
        writer.finish({})
    with pytest.raises(Damaged, match="bomb"):
        read(path)


def test_a_part_that_unpacks_to_more_than_it_says_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "liar"
    data = b"\0" * 3_000_000
    _write(path, {"x": data}, {"parts": [{"name": "x", "size": 10, "sha256": hashlib.sha256(data).hexdigest()}]})
    with pytest.raises(Damaged, match="x"):
        read(path)


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LONGEST_LINE", 1_000_000)
    path = tmp_path / "long"
    with writing(path) as writer:
        with writer.part("x") as part:
            part.write(b"a" * 4_000_000)
        writer.finish({})
    with Reader(path) as reader, pytest.raises(Damaged, match="line"):
        list(reader.lines("x"))


@pytest.mark.parametrize("parts", [None, "x", [1], [{"name": 1}], [{"name": "x", "size": -1, "sha256": ""}], {}])
def test_a_list_of_parts_that_is_none_is_refused(tmp_path: Path, parts: object) -> None:
    _write(tmp_path / "odd", {}, {"parts": parts})
    with pytest.raises(Damaged):
        read(tmp_path / "odd")


def test_a_part_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "more", {"x": b"1"}, {"parts": []})
    with pytest.raises(Damaged, match="differ"):
        read(tmp_path / "more")


def test_nothing_is_there_when_writing_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), writing(tmp_path / "a") as writer, writer.part("x") as part:
        part.write(b"1")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(archive: Path) -> None:
    before = archive.read_bytes()
    with pytest.raises(AlreadyThere), writing(archive):
        pass
    assert archive.read_bytes() == before


def test_only_its_owner_reads_it(archive: Path) -> None:
    assert archive.stat().st_mode & 0o777 == 0o600


def _write(path: Path, parts: dict[str, bytes], manifest: dict[str, object]) -> None:
    """Write what a hostile hand would: all sums as they should be, and a manifest of its own."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
        file.writestr("manifest.json", json.dumps(manifest))
        file.comment = b"quietmonday sha256 " + b"0" * 64
    data = path.read_bytes()[:-64]
    path.write_bytes(data + hashlib.sha256(data).hexdigest().encode())


def test_an_offset_to_before_the_beginning_is_damage(archive: Path, tmp_path: Path) -> None:
    whole = bytearray(archive.read_bytes())
    directory = whole.rindex(b"PK\x05\x06")
    whole[directory + 16 : directory + 20] = (2**31).to_bytes(4, "little")
    changed = tmp_path / "changed"
    changed.write_bytes(whole)
    with pytest.raises(Damaged):
        read(changed)
