import base64
import json
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from hanazora.safety.frame_filter import FrameFilter
from hanazora.safety.frames.moderator import Guarded, ModeratorError
from hanazora.safety.frames.remote import RemoteModerator
from hanazora.safety.policy import PluginConfig, Policy, load_policy

PICTURES = np.stack([np.full((8, 8, 3), value, np.uint8) for value in (10, 240)])


@pytest.fixture
def service():
    """A real server; the test sets `answer` and reads `asked`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append((body, self.headers.get("Authorization")))
            status, content = server.answer(body)
            self.send_response(status)
            self.end_headers()
            try:
                self.wfile.write(
                    content if isinstance(content, bytes) else json.dumps(content).encode()
                )
            except OSError:
                pass  # the client gave up

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.asked, server.answer = [], lambda body: (200, {})
    server.url = f"http://127.0.0.1:{server.server_port}/judge"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def plugin(service, kind, **options):
    return PluginConfig(name="test", kind=kind, url=service.url, stages=("frame",), **options)


def moderator(service, kind, **options):
    return RemoteModerator(plugin(service, kind, **options), load_policy(), "frame")


def test_a_hook_is_asked_once_for_all_pictures(service):
    service.answer = lambda body: (
        200,
        {"findings": [{"category": "blood", "score": 0.9, "image": 1}]},
    )
    asked = moderator(service, "http", categories={"blood": "violence"})
    assert asked.judge(PICTURES) == [{}, {"violence": 0.9}]
    ((body, _),) = service.asked
    assert body["stage"] == "frame"
    assert base64.b64decode(body["images"][0]).startswith(b"\x89PNG")
    assert asked.categories == ("violence",)


def test_moderations_are_asked_for_each_picture_with_the_key(service, monkeypatch):
    monkeypatch.setenv("TEST_KEY", "abc")
    result = {
        "category_scores": {"violence/graphic": 0.7, "violence": 0.2, "sexual": 0.01},
        "categories": {"sexual": True},
    }
    service.answer = lambda body: (200, {"results": [result]})
    asked = moderator(service, "moderations", model="omni", key_variable="TEST_KEY")
    assert asked.judge(PICTURES) == [{"violence": 0.7, "sexual": 0.9}] * 2
    body, key = service.asked[0]
    assert (body["model"], key, len(service.asked)) == ("omni", "Bearer abc", 2)
    assert body["input"][0]["image_url"]["url"].startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}),
        (200, b"not json"),
        (200, {}),
        (200, {"findings": [{"category": "hate", "score": 3, "image": 0}]}),
        (200, {"findings": [{"category": "hate", "score": 1, "image": 7}]}),
        (302, {}),
    ],
)
def test_an_unusable_answer_is_an_error(service, answer):
    service.answer = lambda body: answer
    with pytest.raises(ModeratorError):
        moderator(service, "http").judge(PICTURES)


def filtered(asked, required=True):
    judge = FrameFilter(load_policy(), "general", 8.0, [asked])
    judge.see(PICTURES, 0)
    return judge.finish()


def test_a_service_that_drips_is_left_in_time(service):
    service.answer = lambda body: time.sleep(3) or (200, {"findings": []})
    started = time.monotonic()
    slow = moderator(service, "http", timeout_s=0.05)
    with pytest.raises(ModeratorError):
        Guarded(slow).judge(PICTURES)
    assert time.monotonic() - started < 3


def test_a_service_that_is_down_blocks_the_video(service):
    gone = replace(plugin(service, "http"), url="http://127.0.0.1:9/judge")
    result = filtered(RemoteModerator(gone, load_policy(), "frame"))
    assert result.state == "error"
    assert "plugin/test" in result.detail


def test_a_policy_with_a_hook_blocks_what_the_hook_finds(service):
    service.answer = lambda body: (
        200,
        {"findings": [{"category": "hate", "score": 1.0, "image": 0}]},
    )
    packaged = load_policy()
    policy = Policy(
        replace(packaged.data, plugins=(plugin(service, "http"),)),
        packaged.sha256,
        packaged.directory,
    )
    judge = FrameFilter(policy, "general", 8.0)
    judge.see(PICTURES, 0)
    result = judge.finish()
    assert result.state == "failed"
    assert "frame/plugin/test" in result.detail
