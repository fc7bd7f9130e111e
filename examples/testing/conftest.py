"""The fixture: one server for all tests, reset before each."""

import pytest
from aiins_server import Aiins


@pytest.fixture(scope="session")
def aiins_server():
    with Aiins() as server:
        yield server


@pytest.fixture
def aiins(aiins_server):
    aiins_server.post("/test/reset", {})
    aiins_server.post("/test/clock", {"hold": True})
    return aiins_server
