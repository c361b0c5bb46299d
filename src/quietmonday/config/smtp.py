"""Settings of the listener that mail servers deliver to, read strictly: plain Python, no Django."""


def smtp_bind(setting: str) -> tuple[str, int] | None:
    """Return host and port of QUIETMONDAY_SMTP, None if it is empty. Raises ValueError in words."""
    if not setting.strip():
        return None
    host, colon, port = setting.strip().rpartition(":")
    host = host.strip("[]")
    if not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("QUIETMONDAY_SMTP must be host:port, say 127.0.0.1:2525 or [::1]:2525")
    return host, int(port)


def smtp_tls_required(setting: str, has_certificate: bool) -> bool:
    """Return whether nothing is taken without TLS. Raises ValueError in words."""
    if setting not in ("", "offer", "require"):
        raise ValueError("QUIETMONDAY_SMTP_TLS must be require, or left out")
    if setting == "require" and not has_certificate:
        raise ValueError("QUIETMONDAY_SMTP_TLS=require needs QUIETMONDAY_SMTP_CERTIFICATE")
    return setting == "require"


def smtp_megabytes(setting: str) -> int:
    """Return the size of the largest mail that is taken, in MB. Raises ValueError in words."""
    if not setting:
        return 35
    if not setting.isdigit() or not 1 <= int(setting) <= 50:
        raise ValueError("QUIETMONDAY_SMTP_MAX_MB must be a number from 1 to 50")
    return int(setting)
