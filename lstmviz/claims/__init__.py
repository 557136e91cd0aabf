"""What the lecture notes say about the inside of RNNs and LSTMs, held against many trained networks."""

from lstmviz.claims.distributions import Distribution as Distribution
from lstmviz.claims.distributions import Thresholds as Thresholds
from lstmviz.claims.intervals import Mean as Mean
from lstmviz.claims.intervals import difference_over_networks as difference_over_networks
from lstmviz.claims.intervals import mean_over_networks as mean_over_networks
from lstmviz.claims.networks import Look as Look
from lstmviz.claims.networks import look_at as look_at
from lstmviz.claims.networks import parameters_of_bundles as parameters_of_bundles
from lstmviz.claims.networks import train_networks as train_networks
from lstmviz.claims.notes import CLAIMS as CLAIMS
from lstmviz.claims.notes import Claim as Claim
from lstmviz.claims.path import PLACES as PLACES
from lstmviz.claims.path import Path as Path
from lstmviz.claims.saturation import Saturation as Saturation
from lstmviz.claims.saturation import measure as measure
from lstmviz.claims.saturation import saturation as saturation
from lstmviz.claims.sequences import over_sequences as over_sequences
from lstmviz.claims.variables import TABLE as TABLE
from lstmviz.claims.variables import Live as Live
from lstmviz.claims.variables import Variable as Variable
from lstmviz.claims.variables import live as live
from lstmviz.claims.variables import rows as rows
