"""torch.hub: weights from addresses, and models of local folders that have a `hubconf.py`.

Programs are not downloaded: of repositories on GitHub, those that are in the cache are used.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib.util
import os
import re
import sys
import urllib.parse
import urllib.request
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from ._missing import Getter, missing_in
from .serialization import load as _load_file
from .serialization.saving import replacing

_HASH = re.compile(r"-([a-f0-9]*)\.")
"""The hash in the name of a file, `name-<sha256>.ext`."""
_CHUNK = 128 * 1024
_HUBCONF = "hubconf.py"

_List = list[str]  # `list` is a function here


class _Chosen:
    """The folder that `set_dir` chose."""

    folder: str | None = None


def get_dir() -> str:
    """The folder of what was downloaded: `set_dir`'s, or `hub` in $TORCH_HOME, $XDG_CACHE_HOME/torch, ~/.cache/torch.

    >>> import gradiente as torch
    >>> torch.hub.get_dir().endswith("hub")
    True
    """
    if _Chosen.folder is not None:
        return _Chosen.folder
    caches = os.path.join(os.getenv("XDG_CACHE_HOME", "~/.cache"), "torch")
    return os.path.join(os.path.expanduser(os.getenv("TORCH_HOME", caches)), "hub")


def set_dir(d: str | os.PathLike[str]) -> None:
    """Choose the folder of what is downloaded."""
    _Chosen.folder = os.path.expanduser(os.fspath(d))


# -- files ------------------------------------------------------------------------------------------------------------


def download_url_to_file(url: str, dst: str, hash_prefix: str | None = None, progress: bool = True) -> None:
    """Copy what is at an address to a file, which is there whole or not at all.

    Args:
        url: the address: https, http or file.
        dst: the path of the file.
        hash_prefix: what the SHA256 of the contents must begin with, if it is given.
        progress: whether to write to stderr how far it is.

    Raises:
        RuntimeError: the contents have another hash.
        urllib.error.URLError: nothing is there, or there is no connection.
        ValueError: not an address.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "torch.hub"})
    with urllib.request.urlopen(request) as source:
        length = source.headers.get("Content-Length")
        with replacing(Path(dst).expanduser()) as place:
            digest = _copied(source, place, int(length) if length else None, progress)
            if hash_prefix is not None and not digest.startswith(hash_prefix):
                raise RuntimeError(f'invalid hash value (expected "{hash_prefix}", got "{digest}")')


def _copied(source: Any, place: IO[bytes], length: int | None, progress: bool) -> str:
    """Copy, and return the SHA256."""
    digest, done = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        place.write(chunk)
        digest.update(chunk)
        done += len(chunk)
        if progress:
            sys.stderr.write(f"\r{100 * done / length:.1f}%" if length else f"\r{done:.1f} bytes")
            sys.stderr.flush()
    if progress:
        sys.stderr.write("\n")
    return digest.hexdigest()


def load_state_dict_from_url(
    url: str,
    model_dir: str | None = None,
    map_location: Any = None,
    progress: bool = True,
    check_hash: bool = False,
    file_name: str | None = None,
    weights_only: bool = False,
) -> dict[str, Any]:
    """What a file at an address holds; it is downloaded once.

    Args:
        url: the address: https, http or file.
        model_dir: where the file is kept: by default in `checkpoints` of `get_dir()`.
        map_location: as for `torch.load`.
        progress: whether to write to stderr how far it is.
        check_hash: whether the SHA256 of the contents must begin as the name of the file says: `name-<sha256>.ext`.
        file_name: the name of the file; that of the address by default.
        weights_only: as for `torch.load`. A zip file of one file is unpacked.

    Returns:
        What `torch.load` reads from the file.

    Raises:
        RuntimeError: the contents have another hash, or a zip file has several files.
        urllib.error.URLError: nothing is there, or there is no connection.

    Example:
        >>> import gradiente as torch, pathlib, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> torch.save({"w": torch.ones(2)}, folder / "w.pth")
        >>> address = (folder / "w.pth").as_uri()
        >>> torch.hub.load_state_dict_from_url(address, model_dir=folder / "kept", progress=False)  # doctest: +ELLIPSIS
        Downloading: "file:///..." to .../kept/w.pth
        {'w': tensor([1., 1.])}
    """
    if os.getenv("TORCH_MODEL_ZOO"):
        warnings.warn("TORCH_MODEL_ZOO is deprecated, please use env TORCH_HOME instead", stacklevel=2)
    folder = os.path.join(get_dir(), "checkpoints") if model_dir is None else os.fspath(model_dir)
    os.makedirs(folder, exist_ok=True)
    name = file_name if file_name is not None else os.path.basename(urllib.parse.urlparse(url).path)
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        sys.stdout.write(f'Downloading: "{url}" to {path}\n')
        found = _HASH.search(name) if check_hash else None
        download_url_to_file(url, path, found.group(1) if found else None, progress=progress)
    if _is_packed(path):
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
            if len(members) != 1:
                raise RuntimeError("Only one file(not dir) is allowed in the zipfile")
            path = packed.extract(members[0], folder)  # which leaves out `..` and roots
    return _load_file(path, map_location=map_location, weights_only=weights_only)


def _is_packed(path: str) -> bool:
    """Whether a zip file holds a file of weights, and is not one, whose records lie in a folder of it."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as packed:
        return not any(name.endswith("/data.pkl") or name == "data.pkl" for name in packed.namelist())


# -- models -----------------------------------------------------------------------------------------------------------


def load(
    repo_or_dir: str | os.PathLike[str],
    model: str,
    *args: Any,
    source: str = "github",
    trust_repo: bool | str | None = "check",
    force_reload: bool = False,
    verbose: bool = True,
    skip_validation: bool = False,
    **kwargs: Any,
) -> Any:
    """What a function of a folder's `hubconf.py` returns, such as a model.

    Args:
        repo_or_dir: the folder for `source="local"`; `owner/name[:ref]` of a repository in the cache for "github".
        model: the name of the function.
        args: its arguments.
        source: "local" or "github".
        trust_repo: False to ask each time whether a repository's code may be run; those that are in the cache already
            count as trusted otherwise.
        force_reload: must be False for "github": nothing is downloaded.
        verbose: whether to say that the cache is used.
        skip_validation: no effect.
        kwargs: named arguments of the function.

    Raises:
        ValueError: another source, or a `model` that is not a str.
        RuntimeError: the repository is not in the cache, there is no such function, or a dependency is missing.
    """
    source = source.lower()
    if source not in ("github", "local"):
        raise ValueError(f'Unknown source: "{source}". Allowed values: "github" | "local".')
    folder = repo_or_dir
    if source == "github":
        folder = _cached(str(repo_or_dir), trust_repo, force_reload, verbose)
    with _hubconf(os.fspath(folder)) as module:
        return _entry(module, model)(*args, **kwargs)


def list(
    github: str,
    force_reload: bool = False,
    skip_validation: bool = False,
    trust_repo: bool | str | None = "check",
    verbose: bool = True,
) -> _List:
    """The names of the functions that a repository in the cache offers. For the arguments see `load`."""
    with _hubconf(_cached(github, trust_repo, force_reload, verbose)) as module:
        return [name for name in dir(module) if callable(getattr(module, name)) and not name.startswith("_")]


def help(
    github: str,
    model: str,
    force_reload: bool = False,
    skip_validation: bool = False,
    trust_repo: bool | str | None = "check",
) -> str | None:
    """The docstring of a function of a repository in the cache. For the arguments see `load`."""
    with _hubconf(_cached(github, trust_repo, force_reload, True)) as module:
        return _entry(module, model).__doc__


@contextlib.contextmanager
def _hubconf(folder: str) -> Iterator[Any]:
    """The module `hubconf` of a folder, whose other modules it can import meanwhile."""
    path = os.path.join(folder, _HUBCONF)
    if not os.path.exists(path):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    sys.path.insert(0, folder)
    try:
        spec = importlib.util.spec_from_file_location(_HUBCONF, path)
        if spec is None or spec.loader is None:
            raise ImportError(f"cannot read {path}")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(folder)


def _entry(module: Any, model: str) -> Callable[..., Any]:
    if not isinstance(model, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError("Invalid input: model should be a string of function name")
    missing = [name for name in getattr(module, "dependencies", None) or () if not _importable(name)]
    if missing:
        raise RuntimeError(f"Missing dependencies: {', '.join(missing)}")
    function = getattr(module, model, None)
    if not callable(function):
        raise RuntimeError(f"Cannot find callable {model} in hubconf")
    return function


def _importable(name: str) -> bool:
    try:
        return name in sys.modules or importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # a parent
        return False


def _cached(github: str, trust_repo: Any, force_reload: bool, verbose: bool) -> str:
    """The folder of a repository in the cache, whose code may be run."""
    repository, _, ref = github.partition(":")
    owner, name = repository.split("/")
    refs = [ref] if ref else ["main", "master"]
    folders = [os.path.join(get_dir(), "_".join((owner, name, *one.split("/")))) for one in refs]
    found = next((folder for folder in folders if os.path.exists(folder)), None)
    if found is None or force_reload:
        raise RuntimeError(
            "It looks like there is no internet connection and the repo could not be found in the cache "
            f"({get_dir()}). (gradiente downloads no programs: clone https://github.com/{repository} yourself and call "
            "torch.hub.load(folder, ..., source='local'))"
        )
    if trust_repo is False:
        _ask(f"{owner}_{name}")
    if verbose:
        sys.stderr.write(f"Using cache found in {found}\n")
    return found


def _ask(repository: str) -> None:
    """Ask whether the code of a repository may be run."""
    answer = input(
        f"The repository {repository} does not belong to the list of trusted repositories and as such cannot be "
        "downloaded. Do you trust this repository and wish to add it to the trusted list of repositories (y/N)?"
    )
    if answer.lower() in ("n", "no", ""):
        raise Exception("Untrusted repository.")
    if answer.lower() not in ("y", "yes"):
        raise ValueError(f"Unrecognized response {answer}.")
    print("The repository is already trusted.")


__getattr__: Getter = missing_in(__name__)

__all__ = ["download_url_to_file", "get_dir", "help", "list", "load", "load_state_dict_from_url", "set_dir"]
