"""The row of tabs: all of it fits on a screen, so what is looked at seldom shares one."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize(("page", "other"), [("search", "analytics"), ("analytics", "search")])
def test_both_googles_are_under_one_tab_and_lead_to_each_other(login, page, other):
    response = login("marketing").get(reverse(f"traffic:{page}"))
    assert [str(one["label"]) for one in response.context["tabs"] if one["active"]] == ["Google"]
    under = {one["url"].partition("?")[0]: one["active"] for one in response.context["google_tabs"]}
    assert under == {reverse(f"traffic:{page}"): True, reverse(f"traffic:{other}"): False}
    assert f'href="{reverse(f"traffic:{other}")}' in response.content.decode()


def test_real_time_is_within_reach_and_before_the_imported_figures(login):
    response = login("marketing").get(reverse("traffic:overview"))
    addresses = [one["url"].partition("?")[0] for one in response.context["tabs"]]
    assert addresses.index(reverse("traffic:realtime")) < addresses.index(reverse("traffic:search"))
    assert reverse("traffic:analytics") not in addresses
    assert response.context["google_tabs"] == []
