"""Words in the three languages of Liqi."""

from dataclasses import dataclass

LANGUAGES = ("zh-Hans", "zh-Hant", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or name in English, simplified and traditional Chinese."""

    en: str
    zh_hans: str
    zh_hant: str

    def of(self, language: str) -> str:
        """Return the words for a language tag such as ``zh-hans``; English for any unknown tag.

        >>> Text("file", "文件", "檔案").of("zh-Hant")
        '檔案'
        """
        return {"zh-hans": self.zh_hans, "zh-hant": self.zh_hant}.get(language.lower(), self.en)

    def as_json(self) -> dict[str, str]:
        """Return the words by language tag."""
        return {"zh-Hans": self.zh_hans, "zh-Hant": self.zh_hant, "en": self.en}

    @classmethod
    def same(cls, words: str) -> "Text":
        """Return a text that reads the same in every language: a compound's name, a formula."""
        return cls(words, words, words)
