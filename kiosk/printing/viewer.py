"""A window that shows the newest slip of the virtual printer, for trials on a machine with a display."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

_SIZE = (460, 860)
_DESK, _EDGE = (96, 104, 110), 16
_LOOKS_PER_SECOND = 4


def newest(folder: Path) -> Path | None:
    """The last slip printed into `folder`, None while there is none."""
    return max(folder.glob("*-slip.png"), default=None)


def desktop_size() -> tuple[int, int]:
    """Width and height of the desktop in px. Raises nothing: an unknown desktop counts as 1366×768."""
    pygame = _pygame()
    try:
        pygame.display.init()
        size: tuple[int, int] = pygame.display.get_desktop_sizes()[0]
    except (pygame.error, IndexError):
        return 1366, 768
    finally:
        pygame.display.quit()
    return size


def main(folder: Path, left: int = 0) -> None:
    """Show the window, `left` px from the desktop's edge, until it is closed. Runs in a process of its own: pygame
    wants the main thread."""
    os.environ["SDL_VIDEO_WINDOW_POS"] = f"{left},0"
    pygame = _pygame()

    pygame.display.init()
    window = pygame.display.set_mode(_SIZE, pygame.RESIZABLE)
    clock = pygame.time.Clock()
    shown: tuple[Path | None, tuple[int, int]] | None = None
    try:
        while not any(event.type == pygame.QUIT for event in pygame.event.get()):
            wanted = (newest(folder), window.get_size())
            if wanted != shown:
                shown = wanted
                _draw(pygame, window, wanted[0])
            clock.tick(_LOOKS_PER_SECOND)
    finally:
        pygame.display.quit()


def _pygame() -> Any:
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    return pygame


def _draw(pygame: Any, window: Any, slip: Path | None) -> None:
    """The slip as large as the window allows; pygame is loaded late and handed in."""
    window.fill(_DESK)
    pygame.display.set_caption(slip.stem if slip else "—")
    if slip:
        paper = pygame.image.load(str(slip))
        width, height = window.get_size()
        scale = min((width - 2 * _EDGE) / paper.get_width(), (height - 2 * _EDGE) / paper.get_height())
        size = round(paper.get_width() * scale), round(paper.get_height() * scale)
        small = pygame.transform.smoothscale(paper.convert(24), size)
        window.blit(small, ((width - size[0]) // 2, (height - size[1]) // 2))
    pygame.display.flip()
