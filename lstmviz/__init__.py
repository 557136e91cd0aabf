"""lstmviz: see inside recurrent neural networks. The engine under the dashboard, for use in notebooks too.

Names are loaded when they are first used: `import lstmviz` alone does not wait for torch, so that the dashboard can
draw its first line before it does.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lstmviz.arithmetic import Terms as Terms
    from lstmviz.arithmetic import pre_activation_terms as pre_activation_terms
    from lstmviz.change_text import ChangeError as ChangeError
    from lstmviz.change_text import format_changes as format_changes
    from lstmviz.change_text import parse_changes as parse_changes
    from lstmviz.changes import Change as Change
    from lstmviz.changes import Hold as Hold
    from lstmviz.changes import Read as Read
    from lstmviz.changes import SetWeight as SetWeight
    from lstmviz.changes import Start as Start
    from lstmviz.intervene import Effect as Effect
    from lstmviz.intervene import effect as effect
    from lstmviz.intervene import trace_changed as trace_changed
    from lstmviz.intervene import trace_changed_snapshots as trace_changed_snapshots
    from lstmviz.models import CELLS as CELLS
    from lstmviz.models import Model as Model
    from lstmviz.models import ModelConfig as ModelConfig
    from lstmviz.models import build_model as build_model
    from lstmviz.models import load_parameters as load_parameters
    from lstmviz.models import parameter_count as parameter_count
    from lstmviz.models import parameters_of as parameters_of
    from lstmviz.sweeps import SweepConfig as SweepConfig
    from lstmviz.sweeps import SweepRun as SweepRun
    from lstmviz.sweeps import sweep as sweep
    from lstmviz.tasks import PRESETS as PRESETS
    from lstmviz.tasks import Task as Task
    from lstmviz.tasks import alphabet_task as alphabet_task
    from lstmviz.tasks import memory_pattern as memory_pattern
    from lstmviz.tracing import LayerTrace as LayerTrace
    from lstmviz.tracing import Trace as Trace
    from lstmviz.tracing import trace as trace
    from lstmviz.tracing import trace_snapshots as trace_snapshots
    from lstmviz.training import Record as Record
    from lstmviz.training import Records as Records
    from lstmviz.training import TrainConfig as TrainConfig
    from lstmviz.training import TrainingDiverged as TrainingDiverged
    from lstmviz.training import estimate_seconds as estimate_seconds
    from lstmviz.training import snapshot_epochs as snapshot_epochs
    from lstmviz.training import train as train
    from lstmviz.training import train_many as train_many

_HOME = {
    "Terms": "arithmetic",
    "pre_activation_terms": "arithmetic",
    "Change": "changes",
    "ChangeError": "change_text",
    "Effect": "intervene",
    "Hold": "changes",
    "Read": "changes",
    "SetWeight": "changes",
    "Start": "changes",
    "effect": "intervene",
    "format_changes": "change_text",
    "trace_changed": "intervene",
    "trace_changed_snapshots": "intervene",
    "parse_changes": "change_text",
    "CELLS": "models",
    "Model": "models",
    "ModelConfig": "models",
    "build_model": "models",
    "load_parameters": "models",
    "parameters_of": "models",
    "parameter_count": "models",
    "SweepConfig": "sweeps",
    "SweepRun": "sweeps",
    "sweep": "sweeps",
    "PRESETS": "tasks",
    "Task": "tasks",
    "alphabet_task": "tasks",
    "memory_pattern": "tasks",
    "LayerTrace": "tracing",
    "Trace": "tracing",
    "trace": "tracing",
    "trace_snapshots": "tracing",
    "Record": "training",
    "Records": "training",
    "TrainConfig": "training",
    "TrainingDiverged": "training",
    "estimate_seconds": "training",
    "snapshot_epochs": "training",
    "train": "training",
    "train_many": "training",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'lstmviz' has no attribute '{name}'")
    value = globals()[name] = getattr(import_module(f"lstmviz.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
