"""What several methods of this room ask in the same words."""

from liqi.methods._method import Parameter
from liqi.methods._text import Text

CUTOFF = Parameter(
    "cutoff", "number", 0.05, Text("Mott's chance of error", "Mott 剪切错误率", "Mott 剪切錯誤率"),
    unit="1", minimum=0.0001, maximum=0.5,
)  # fmt: skip
LEAST_RATIO = Parameter(
    "least_ratio", "number", 30.0, Text("least second peak, of the first", "最低次峰比例", "最低次峰比例"),
    unit="%", minimum=1, maximum=100,
)  # fmt: skip
"""From here on a second base is said to stand under the first."""
