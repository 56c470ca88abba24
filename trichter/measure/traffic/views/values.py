"""Values to choose from in the builder of filters."""

from dataclasses import replace

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from ..dimensions import FILTERS, label_of, values_of
from ..queries import traffic_of
from .base import TrafficView

_MOST = 200


class ValuesView(TrafficView):
    """`?add=country` and the question: options for a datalist, most frequent first, whatever the filters."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        name = request.GET.get("add", "")
        found = []
        if name in FILTERS:
            everything = traffic_of(question=replace(self.question, filters=()), goals=[], user=self.user)
            found = [(value, label_of(name, value)) for value in values_of(everything, name)[:_MOST]]
        return render(request, "traffic/values.html", {"values": found})
