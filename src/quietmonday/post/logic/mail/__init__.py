"""Reading mail: any bytes in, a bounded ParsedMail out."""

from quietmonday.post.logic.mail.parse import parse
from quietmonday.post.logic.mail.parsed import Address, Attachment, Defect, ParsedMail, Protection, Role

__all__ = ["Address", "Attachment", "Defect", "ParsedMail", "Protection", "Role", "parse"]
