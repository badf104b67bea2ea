"""Puts the prompts, which lie beside the package in a checkout, into the package that is installed."""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithPrompts(build_py):
    """Copies `prompts/*.md` to `copilot/prompts/`; an editable install reads them where they are."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for file in sorted(Path("prompts").glob("*.md")):
                target = Path(self.build_lib, "copilot", "prompts", file.name)
                self.mkpath(str(target.parent))
                self.copy_file(str(file), str(target))


setup(cmdclass={"build_py": BuildWithPrompts})
