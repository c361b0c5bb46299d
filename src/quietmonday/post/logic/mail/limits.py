"""How much of one mail is read. Whatever lies beyond is left in the raw mail, and a defect names it."""

MAX_RAW_BYTES = 50_000_000
MAX_HEADER_BYTES = 256 * 1024  # the header block of one part
MAX_HEADER_LINES = 2_000
MAX_FIELD_CHARS = 64 * 1024  # one header field that is decoded
MAX_PARAMETER_CHARS = 8 * 1024  # Content-Type and Content-Disposition
MAX_PARTS = 500  # parts, containers included
MAX_NESTING = 20  # containers inside containers
MAX_DELIMITERS = 5_000  # lines of one container that begin like its delimiter
MAX_TEXT_CHARS = 1_000_000
MAX_BODY_BYTES = 4 * MAX_TEXT_CHARS  # one text part before it is decoded
MAX_ADDRESSES = 200  # of one field
MAX_ADDRESS_CHARS = 320  # RFC 5321: 64 before the @, 255 after it
MAX_NAME_CHARS = 150  # display names and file names
MAX_ID_CHARS = 998  # RFC 5322: one line
MAX_REFERENCES = 100
MAX_KEPT_VALUES = 20  # repeated header fields
MAX_KEPT_CHARS = 2_000
