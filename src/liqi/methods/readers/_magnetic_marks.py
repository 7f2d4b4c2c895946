"""By what measurements of magnetic resonance are told from other files: how their text begins, or their size."""

import struct
from pathlib import Path

_DESCRIBED = {".dta": (".dsc", "bes3t"), ".spc": (".par", "esp")}
_SPE_POINTS, _SPE_SIZE = 4096, 8256


def magnetic_kind(start: bytes, lines: list[str]) -> str | None:
    """Return the short name of a format of EPR or ODMR, None for anything else; `lines` are lower-cased."""
    if lines and lines[0].startswith("#desc"):
        return "bes3t"
    if len(start) < 8000 and _has(lines, "jss ") and (_has(lines, "gst ") or _has(lines, "hcf ")):
        return "esp"
    words = start[:65_536].lower()
    if words[:400].find(b"<esrxmlfile") >= 0:
        return "eprxml"
    if lines and lines[0][:1] in "{[":
        if b'"linedatalist"' in words or (b'"experimentoptions"' in words and b'"mwparameter"' in words):
            return "eprjson"
        if b'"freqs"' in words or b'"frequencies"' in words:
            return "odmr"
    return None


def kind_beside(path: Path) -> str | None:
    """Return the format of bare numbers whose description lies beside them under the same name, else None."""
    description = described_by(path)
    return _DESCRIBED[path.suffix.lower()][1] if description else None


def described_by(path: Path) -> Path | None:
    """Return the description (.dsc, .par) that lies beside a file of bare numbers (.dta, .spc), None for any other."""
    ending, _ = _DESCRIBED.get(path.suffix.lower(), ("", ""))
    some = (path.with_suffix(one) for one in (ending, ending.upper(), ending.capitalize())) if ending else ()
    return next((one for one in some if one.is_file()), None)


def is_old_spe(start: bytes) -> bool:
    """Whether these are 4,096 numbers with the settings of an old Magnettech spectrometer behind them."""
    if len(start) != _SPE_SIZE:
        return False
    settings = struct.unpack("<32h", start[-64:])
    return bool(settings[24] == _SPE_POINTS and 0 < settings[0] < 10_000 and 0 < settings[1] < 10_000)


def _has(lines: list[str], begin: str) -> bool:
    return any(line.startswith(begin) for line in lines[:60])
