"""No page shows a sentence in a language that the reader did not choose."""

from liqi.web import messages


def test_every_sentence_is_translated_into_both_scripts() -> None:
    found = messages.problems()
    assert not found, (
        f"{len(found)} problems; run `python -m liqi.web.messages collect`, then translate:\n" + "\n".join(found[:40])
    )
