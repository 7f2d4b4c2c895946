"""What several methods of this room ask in the same words."""

from liqi.methods._method import Parameter
from liqi.methods._text import Text

PIXEL = Parameter(
    "pixel_angstrom", "number", 0.0,
    Text("pixel size instead of the files'", "替换文件自带的像素尺寸", "取代檔案自帶的像素尺寸"),
    unit="Å", minimum=0.0, maximum=1000.0,
)  # fmt: skip
"""0 leaves the size that the files say."""
MASK = Parameter(
    "mask", "choice", "sphere", Text("mask of the agreement", "FSC 掩膜", "FSC 遮罩"), choices=("sphere", "molecule")
)
LOCAL = Parameter("local", "choice", "yes", Text("local resolution", "局部分辨率", "局部解析度"), choices=("yes", "no"))
