"""What an answer says of a file that could not be read whole."""

from liqi.methods._answer import Notice
from liqi.methods._text import Text
from liqi.methods.phrases import refusal


def damaged(sentence: str) -> Notice:
    """Return the notice that the file was read in part, with the sentence of its reader in three languages."""
    told = refusal(sentence)
    said = Text(
        f"Not all of a file could be read. {told.en}",
        f"有文件未能完整读取：{told.zh_hans}",
        f"有檔案未能完整讀取：{told.zh_hant}",
    )
    return Notice("damaged-file", said)
