"""An answer in a notebook: its HTML report in a frame of its own, where nothing runs and nothing is fetched."""

from html import escape

from liqi.answers.report._content import content
from liqi.answers.report._html import html
from liqi.methods import Answer

_LOOK = "width: 100%; height: 40rem; border: 1px solid #8888; border-radius: 4px; resize: vertical"


def notebook(answer: Answer, language: str = "en") -> str:
    """Return the report as HTML that a notebook shows in a cell; the frame may neither run scripts nor open pages."""
    whole = html(content(answer.as_json(), language))
    title = escape(answer.title.of(language))
    return f'<iframe sandbox srcdoc="{escape(whole)}" style="{_LOOK}" title="{title}"></iframe>'
