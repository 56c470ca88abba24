"""The description of the API as a page of our own: no script, nothing from another host."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from trichter.core.accounts.access import public, requires

from .api import DESCRIPTION, api
from .problems import problem


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One call: method, address, what it does, what it takes and answers."""

    id: str
    method: str
    path: str
    text: str
    parameters: list[dict[str, Any]]
    answers: list[tuple[str, str]]
    fields: list[dict[str, Any]]


def _type(shape: dict[str, Any]) -> str:
    """A JSON schema in a few words."""
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if "anyOf" in shape:
        return " | ".join(_type(one) for one in shape["anyOf"])
    if "enum" in shape:
        return " | ".join(str(one) for one in shape["enum"])
    if shape.get("type") == "array":
        return f"[{_type(shape.get('items', {}))}]"
    return str(shape.get("format") or shape.get("type") or "any")


def _record_fields(*, schema: dict[str, Any], shape: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of the record that an operation answers with, also inside a page."""
    shapes = schema["components"]["schemas"]
    found = shapes.get(_type(shape), {})
    items = found.get("properties", {}).get("items")
    if items is not None:
        found = shapes.get(_type(items["items"]), {})
    return [
        {"name": name, "type": _type(one), "text": one.get("description", "")}
        for name, one in found.get("properties", {}).items()
    ]


def operations() -> list[tuple[str, list[Operation]]]:
    """Every call, by subject."""
    schema: dict[str, Any] = api.get_openapi_schema()
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method, one in methods.items():
            done = min(one["responses"])
            answer = one["responses"][done]["content"]["application/json"]["schema"]
            groups.setdefault(one["tags"][0], []).append(
                Operation(
                    id=one["operationId"],
                    method=method.upper(),
                    path=path,
                    text=one.get("description") or one["summary"],
                    parameters=[
                        {
                            "name": each["name"],
                            "in": each["in"],
                            "type": _type(each["schema"]),
                            "required": each["required"],
                            "text": each["schema"].get("description", ""),
                        }
                        for each in one.get("parameters", [])
                    ],
                    answers=[
                        (str(status), answer_["description"]) for status, answer_ in one["responses"].items()
                    ],
                    fields=_record_fields(schema=schema, shape=answer),
                )
            )
    return list(groups.items())


@requires()
def docs(request: HttpRequest) -> HttpResponse:
    """For people."""
    context = {
        "groups": operations(),
        "paragraphs": DESCRIPTION.strip().split("\n\n"),
        "base": request.build_absolute_uri("/")[:-1],
        "openapi_url": reverse("api-v1:openapi-json"),
    }
    return render(request, "api/docs.html", context)


@csrf_exempt
@public
def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address that is none."""
    return problem(status=404, detail="There is no such address. See /api/v1/openapi.json.")
