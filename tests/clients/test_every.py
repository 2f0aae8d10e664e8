"""What every coding client can do, whatever dialect it speaks and whoever answers."""

from __future__ import annotations

import pytest

from tests.clients.conftest import Service, Stand, Visit, pairs
from tests.clients.launch import NOTE, Desk
from tests.clients.programs import Program

each_pair = pytest.mark.parametrize(
    ("program", "service"),
    [
        pytest.param(program, service, id=f"{program.name}-to-{service.name}")
        for program, service in pairs()
    ],
)


def well(visit: Visit, program: Program, service: Service) -> None:
    """The client was content, the right upstream answered, and the log says so."""
    assert visit.outcome.code == 0, str(visit.outcome)
    asked = [each.path for each in visit.requests if each.method == "POST"]
    assert asked == [path for path in asked if path.endswith(service.paths)]
    # Questions about an account the gateway answers itself.
    answers = [row for row in visit.rows if row.operation != "local"]
    expected = (program.speaks, service.provider, "generate", 200, "")
    assert {row[:5] for row in answers} == {expected}
    assert all(row.tokens for row in answers)
    assert {row.status for row in visit.rows} == {200}


@each_pair
def test_it_gets_an_answer(stand: Stand, desk: Desk, program: Program, service: Service) -> None:
    visit = stand.visit(desk, program, service.model(program), "[hello] good morning")
    assert "You said: [hello] good morning" in visit.outcome.out, str(visit.outcome)
    assert visit.asked("[hello] good morning")
    well(visit, program, service)


@each_pair
def test_it_reads_a_file_for_the_model(
    stand: Stand, desk: Desk, program: Program, service: Service
) -> None:
    """The call reaches the client, its result the model, and the model's last word the user."""
    question = program.ask_to_read(desk.note)
    visit = stand.visit(desk, program, service.model(program), question)
    assert f"The tool {program.reads} answered:" in visit.outcome.out, str(visit.outcome)
    assert NOTE.strip() in visit.outcome.out
    first, second, *_ = visit.asked("[read]")
    assert NOTE.strip() not in first
    assert NOTE.strip() in second
    well(visit, program, service)
