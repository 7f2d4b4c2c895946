"""The sentence with which a paper thanks for an instrument or a facility, in three languages, ready to copy.

It names the instrument, where it stands and its identifier, so that its use can be found again, and the roles of
CRediT (ANSI/NISO Z39.104-2022) in which those who run it contributed.
"""

from typing import Any

from liqi.catalogue.federation.identifiers import cite_as
from liqi.taxonomy import to_hant

LANGUAGES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
_FIRST_HALF_EN = "We used {thing} ({identifier}){where}."
_ROLES_EN = "CRediT: {who}: Resources; Investigation, where its staff made the measurements."
_FIRST_HALF_ZH = "本工作使用了{where}{thing}（标识符：{identifier}）。"
_ROLES_ZH = "贡献者角色（CRediT）：{who}：资源（Resources）；由其人员完成测试的，另记调查（Investigation）。"


def sentences(record: Any, site: str) -> list[tuple[str, str]]:
    """The sentence in each language, as (tag, text), for an instrument or a facility."""
    chinese = _chinese(record, site)
    return [("zh-Hans", chinese), ("zh-Hant", to_hant(chinese)), ("en", _english(record, site))]


def _chinese(record: Any, site: str) -> str:
    hosts = _hosts(record, "name")
    model = _model(record)
    thing = record.name + (f"（{model}）" if model else "")
    where = "".join(hosts) + ("的" if hosts else "")
    first = _FIRST_HALF_ZH.format(where=where, thing=thing, identifier=cite_as(record, site))
    return first + _ROLES_ZH.format(who=(hosts or [record.name])[-1])


def _english(record: Any, site: str) -> str:
    hosts = _hosts(record, "name_en")[::-1]
    model = _model(record)
    name = record.name_en or record.name
    thing = f"the {name}" + (f", {model}" if model and model.lower() not in name.lower() else "")
    where = f" at {', '.join(hosts)}" if hosts else ""
    first = _FIRST_HALF_EN.format(thing=thing, identifier=cite_as(record, site), where=where)
    return f"{first} {_ROLES_EN.format(who=(hosts or [name])[0])}"


def _model(record: Any) -> str:
    maker = getattr(record, "maker", None)
    brand = (maker.name_en or maker.name) if maker is not None else getattr(record, "maker_text", "")
    model = getattr(record, "model", "")
    return (
        model
        if brand and model.lower().startswith(brand.lower())
        else " ".join(part for part in (brand, model) if part)
    )


def _hosts(record: Any, field: str) -> list[str]:
    """Institution and facility that the record belongs to, the wider first."""
    found = [getattr(record, "institution", None), getattr(record, "facility", None)]
    names = [getattr(one, field) or one.name for one in found if one is not None]
    own = getattr(record, field) or record.name
    return [name for name in dict.fromkeys(names) if name != own]
