"""Flow cytometry: events of FCS files, compensation, scales, gates in and out, populations."""

from liqi.arguments import explain_face
from liqi.methods.cytometry._channels import Channel, Events
from liqi.methods.cytometry._compensation import Spillover, of_controls, read_matrix
from liqi.methods.cytometry._drawing import Drawing
from liqi.methods.cytometry._fcs import read_data_sets, read_fcs
from liqi.methods.cytometry._gate_json import changes
from liqi.methods.cytometry._gated import Gated, gate
from liqi.methods.cytometry._gates import Boolean, Dimension, Ellipsoid, Polygon, Rectangle
from liqi.methods.cytometry._gatingml_out import write_gating
from liqi.methods.cytometry._logicle import Hyperlog, Logicle
from liqi.methods.cytometry._populations import Population
from liqi.methods.cytometry._strategy import Strategy, apply
from liqi.methods.cytometry._transforms import Asinh, Linear, Log, Ratio
from liqi.methods.cytometry.gating import read_strategy
from liqi.methods.cytometry.spillover import Controls, match_controls

__all__ = [
    "Asinh", "Boolean", "Channel", "Controls", "Dimension", "Drawing", "Ellipsoid", "Events", "Gated", "Hyperlog",
    "Linear", "Log", "Logicle", "Polygon", "Population", "Ratio", "Rectangle", "Spillover", "Strategy", "apply",
    "changes", "gate", "match_controls", "of_controls", "read_data_sets", "read_fcs", "read_matrix", "read_strategy",
    "write_gating",
]  # fmt: skip

explain_face(__name__)
