"""Code Assist: the Gemini API in an envelope, and the account's own methods.

Never recorded: the shapes are those that the official client reads and users quote.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from gateway.simulator import media, script
from gateway.simulator.faults import Order, Refusal
from gateway.simulator.gemini import errors, models, read, service
from gateway.simulator.gemini.write import Writer
from gateway.simulator.reply import JSON, Reply, whole
from gateway.simulator.service import Call, Rejected, parse

PROJECT = "simulated-project"
NEWCOMER = "new-"
"""A token that begins so belongs to an account that must be onboarded first."""
INELIGIBLE = "ineligible-"

_OURS = frozenset({"session_id", "sessionId"})
"""Fields of `request` that the Gemini API does not have."""
_DOMAIN = "cloudcode-pa.googleapis.com"
_MODELS = ("gemini-3.1-pro-preview", "gemini-3-flash", "gemini-2.5-pro", "gemini-2.5-flash")
_FREE = {"id": "free-tier", "name": "Gemini Code Assist for individuals", "isDefault": True}
_STANDARD = {
    "id": "standard-tier",
    "name": "Gemini Code Assist",
    "userDefinedCloudaicompanionProject": True,
}


class CodeAssist:
    """Remembers which tokens are onboarded: one poll completes the operation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: dict[str, str] = {}
        self._onboarded: set[str] = set()

    def key(self, call: Call) -> str:
        return call.bearer()

    def model(self, call: Call) -> str:
        if call.method != "POST":
            return ""
        body = parse(call.body) if call.body else {}
        return str(body.get("model", "")) if isinstance(body, dict) else ""

    def answer(self, call: Call, order: Order | None) -> Reply:
        method = call.path.rpartition("/v1internal")[2].lstrip(":/")
        if method.startswith("operations/") and call.method == "GET":
            return whole(self._poll(method))
        body = call.json() if call.body else {}
        match method:
            case "generateContent" | "streamGenerateContent":
                return _generate(call, body, order, streamed=method[0] == "s")
            case "countTokens":
                return whole(_count(body))
            case "loadCodeAssist":
                return whole(self._load(self.key(call)))
            case "onboardUser":
                return whole(self._onboard(self.key(call), body))
            case "retrieveUserQuota":
                return whole(_quota(call))
            case "listExperiments":
                return whole({"experimentIds": [], "flags": []})
            case "recordCodeAssistMetrics" | "fetchAdminControls":
                return whole({})
            case "getCodeAssistGlobalUserSetting" | "setCodeAssistGlobalUserSetting":
                return whole(
                    {"cloudaicompanionProject": PROJECT, "freeTierDataCollectionOptin": False}
                )
            case _:
                raise Rejected("Method not found.", status=404)

    def refuse(self, refusal: Refusal, call: Call) -> Reply:
        try:
            model = self.model(call)
        except Rejected:
            model = ""
        return service.failed(call, _refusal(refusal, model, call))

    def reject(self, problem: Rejected, call: Call) -> Reply:
        return service.failed(call, service.rejection(problem))

    def interrupt(self) -> bytes:
        return service.Gemini().interrupt()

    def _load(self, token: str) -> JSON:
        if token.startswith(INELIGIBLE):
            return {"allowedTiers": [], "ineligibleTiers": [_ineligible()]}
        with self._lock:
            known = not token.startswith(NEWCOMER) or token in self._onboarded
        if not known:
            return {"allowedTiers": [_FREE, _STANDARD]}
        tier = _FREE if token.startswith(NEWCOMER) else _STANDARD
        return {"currentTier": tier, "allowedTiers": [tier], "cloudaicompanionProject": PROJECT}

    def _onboard(self, token: str, body: JSON) -> JSON:
        if body.get("tierId") == _FREE["id"] and body.get("cloudaicompanionProject"):
            raise Rejected("Precondition check failed.")
        name = f"operations/onboard-{media.identity(token, 12)}"
        with self._lock:
            self._pending[name] = token
        return {"name": name, "done": False}

    def _poll(self, name: str) -> JSON:
        with self._lock:
            token = self._pending.get(name)
            if token is None:
                raise Rejected("Requested entity was not found.", status=404)
            self._onboarded.add(token)
        project = {"id": PROJECT, "name": PROJECT}
        return {"name": name, "done": True, "response": {"cloudaicompanionProject": project}}


def _generate(call: Call, body: JSON, order: Order | None, *, streamed: bool) -> Reply:
    """`{"model", "project", "user_prompt_id", "request": {…}}`; the model is a bare name."""
    request, model = body.get("request"), str(body.get("model") or "")
    if not isinstance(request, dict) or not model:
        raise Rejected("Request contains an invalid argument.")
    request = {name: value for name, value in request.items() if name not in _OURS}
    question = read.question(request, model)
    answer = script.decide(question, order, demo=call.demo)
    writer = Writer(answer, model, f"code-assist/{call.number}", question.logprobs)
    trace = media.identity(f"trace/{call.number}", 16)
    if streamed:
        return service.framed(call, writer, lambda chunk: {"response": chunk, "traceId": trace})
    return whole({"response": writer.whole(), "traceId": trace})


def _count(body: JSON) -> JSON:
    """`{"request": {"model": "models/…", "contents": […]}}` → `{"totalTokens"}`."""
    request = body.get("request")
    if not isinstance(request, dict):
        raise Rejected("Request contains an invalid argument.")
    return {"totalTokens": service.count(request, "")["totalTokens"]}


def _quota(call: Call) -> JSON:
    reset = datetime.fromtimestamp(call.created, UTC) + timedelta(hours=9)
    names = dict.fromkeys((*_MODELS, *(n for n in ("gemini-3-pro-preview",) if models.known(n))))
    return {
        "buckets": [
            {
                "remainingAmount": "900",
                "remainingFraction": 0.9,
                "resetTime": reset.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "tokenType": "REQUESTS",
                "modelId": name,
            }
            for name in names
        ]
    }


def _ineligible() -> JSON:
    return {
        "reasonCode": "INELIGIBLE_ACCOUNT",
        "reasonMessage": "Your current account is not eligible for Gemini Code Assist.",
        "tierId": "free-tier",
        "tierName": "Gemini Code Assist for individuals",
    }


def _refusal(refusal: Refusal, model: str, call: Call) -> JSON:
    match refusal:
        case Refusal.NO_KEY | Refusal.BAD_KEY:
            return errors.body(401, _UNAUTHENTICATED)
        case Refusal.QUOTA | Refusal.DAY:
            return _exhausted(model, call)
        case Refusal.MINUTE:
            info = _info("RATE_LIMIT_EXCEEDED", model=model)
            retry = errors.detail("RetryInfo", retryDelay="5.910400305s")
            return errors.body(
                429, "You have exhausted your capacity on this model.", [info, retry]
            )
        case Refusal.CAPACITY:
            message = f"No capacity available for model {model} on the server"
            return errors.body(429, message, [_info("MODEL_CAPACITY_EXHAUSTED", model=model)])
        case Refusal.VALIDATION:
            link = {
                "description": "Verify your account",
                "url": "https://accounts.google.com/verify",
            }
            details = [
                _info("VALIDATION_REQUIRED", validation_link=link["url"]),
                errors.detail("Help", links=[link]),
            ]
            return errors.body(403, "Verify your account to continue.", details)
        case Refusal.NOT_FOUND:
            return errors.body(404, "Requested entity was not found.")
        case _:
            return errors.refusal(refusal, model, "v1internal", "generateContent")


def _exhausted(model: str, call: Call) -> JSON:
    reset = datetime.fromtimestamp(call.created, UTC) + timedelta(seconds=33740)
    info = _info(
        "QUOTA_EXHAUSTED",
        uiMessage="true",
        model=model,
        quotaResetDelay="33740.910400305s",
        quotaResetTimeStamp=reset.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    message = (
        "You have exhausted your capacity on this model. Your quota will reset after 9h22m20s."
    )
    retry = errors.detail("RetryInfo", retryDelay="33740.910400305s")
    return errors.body(429, message, [info, retry])


def _info(reason: str, **metadata: str) -> JSON:
    return errors.detail("ErrorInfo", reason=reason, domain=_DOMAIN, metadata=metadata)


_UNAUTHENTICATED = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie "
    "or other valid authentication credential. See "
    "https://developers.google.com/identity/sign-in/web/devconsole-project."
)
