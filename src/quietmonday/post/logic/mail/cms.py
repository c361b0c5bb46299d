"""The text inside an S/MIME mail that is signed as a whole (RFC 8551, application/pkcs7-mime; smime-type=signed-data).

Only what was signed is taken out; the signature is not checked. BER as far as it is needed: definite and indefinite
lengths, octet strings in pieces. Bounded in depth and in the number of elements; never raises.
"""

MAX_ELEMENTS = 20_000
MAX_DEPTH = 12
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_SEQUENCE, _OCTETS, _OCTETS_IN_PIECES, _EXPLICIT = 0x30, 0x04, 0x24, 0xA0


class _Broken(Exception):
    pass


def signed_content(data: bytes) -> bytes | None:
    """Return the MIME entity that was signed, None if there is none in `data`."""
    try:
        kind, inner = _children(data, _first(data, 0, len(data), _SEQUENCE))[:2]
        if data[slice(*kind[1:])] != _SIGNED_DATA:
            return None
        signed = _children(data, _children(data, inner)[0])
        # version, digest algorithms, then what was signed
        content = _children(data, signed[2])
        wrapped = next(one for one in content if one[0] == _EXPLICIT)
        return _octets(data, _children(data, wrapped)[0])
    except (_Broken, IndexError, ValueError, StopIteration):
        return None


_Element = tuple[int, int, int]  # tag, begin and end of the content


def _first(data: bytes, at: int, end: int, tag: int) -> _Element:
    element, _ = _read(data, at, end, 0)
    if element[0] != tag:
        raise _Broken
    return element


def _read(data: bytes, at: int, end: int, depth: int) -> tuple[_Element, int]:
    """Return the element at `at` and where the next one begins."""
    if depth > MAX_DEPTH or at + 2 > end or data[at] & 0x1F == 0x1F:
        raise _Broken
    tag, length = data[at], data[at + 1]
    begin = at + 2
    if length == 0x80:  # until the end mark of two zeros
        inside = begin
        for _ in range(MAX_ELEMENTS):
            if data[inside : inside + 2] == b"\x00\x00":
                return (tag, begin, inside), inside + 2
            _, inside = _read(data, inside, end, depth + 1)
        raise _Broken
    if length & 0x80:
        size = length & 0x7F
        if size > 4 or begin + size > end:
            raise _Broken
        length = int.from_bytes(data[begin : begin + size], "big")
        begin += size
    if begin + length > end:
        raise _Broken
    return (tag, begin, begin + length), begin + length


def _children(data: bytes, element: _Element) -> list[_Element]:
    found: list[_Element] = []
    at = element[1]
    while at < element[2] and len(found) < MAX_ELEMENTS:
        child, at = _read(data, at, element[2] + 2 if element[2] + 2 <= len(data) else element[2], 0)
        found.append(child)
    return found


def _octets(data: bytes, element: _Element) -> bytes:
    if element[0] == _OCTETS:
        return data[element[1] : element[2]]
    if element[0] == _OCTETS_IN_PIECES:
        return b"".join(data[begin:end] for tag, begin, end in _children(data, element) if tag == _OCTETS)
    raise _Broken
