"""The KPI dictionary: each number with its formula, time basis, exclusions and the measures it is made of.

One entry, one meaning: the start page, lists, exports, API and reports all ask this dictionary. `version`
rises when a definition changes.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .measures import (
    AdMeasure,
    BounceMeasure,
    DurationMeasure,
    EventMeasure,
    Measure,
    StageConversion,
    StageMeasure,
)

Unit = Literal["count", "money", "percent", "seconds", "factor"]
Band = Literal["tofu", "mofu", "bofu", "after"]


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """A key figure. With a `denominator` it is a ratio, else the numerator itself.

    unit: percent and factor are ratios of equal things; money per thing is a ratio of unit money.
    good: which direction is an improvement; None when neither is.
    share: True when the numerator's rows are part of the denominator's (a rate with an interval).
    """

    key: str
    label: Promise
    band: Band
    unit: Unit
    formula: Promise
    basis: Promise
    numerator: Measure
    denominator: Measure | None = None
    excludes: Promise | str = ""
    good: Literal["up", "down"] | None = "up"
    share: bool = False
    version: int = 1


_VIEWS = ("page.viewed",)
_EVENT = _("time of the event, company days")
_ENTRY = _("time of entry into the stage, company days; each person once")
_BOTH = _("both entries within the period, so that periods can be compared")
_CLOSED = _("day on which the deal was closed")
_ROBOTS = _("robots, the company's own files such as images and scripts")
_SENT = EventMeasure(kinds=("mail.sent",), distinct="mailing")
_VISITS = EventMeasure(kinds=_VIEWS, distinct="visit")
_COST = AdMeasure(column="cost")
_IMPRESSIONS, _CLICKS = AdMeasure(column="impressions"), AdMeasure(column="clicks")
_LEADS, _CUSTOMERS = StageMeasure(stage="lead"), StageMeasure(stage="customer")
_WON = EventMeasure(kinds=("deal.won",))
_CLOSED_DEALS = EventMeasure(kinds=("deal.won", "deal.lost"))
_PAID = EventMeasure(kinds=("order.paid",), own_currency=True)
_PRICED = EventMeasure(kinds=("deal.won",), own_currency=True)
_REVENUE = EventMeasure(
    kinds=("deal.won", "order.paid", "order.refunded"), money=True, negative=("order.refunded",)
)


def _stage(key: str, label: Promise, band: Band, stage: str, formula: Promise) -> Kpi:
    return Kpi(
        key=key,
        label=label,
        band=band,
        unit="count",
        formula=formula,
        basis=_ENTRY,
        numerator=StageMeasure(stage=stage),
    )


def _step(key: str, label: Promise, band: Band, stage: str, then: str, formula: Promise) -> Kpi:
    return Kpi(
        key=key,
        label=label,
        band=band,
        unit="percent",
        formula=formula,
        basis=_BOTH,
        share=True,
        numerator=StageConversion(stage=stage, then=then),
        denominator=StageMeasure(stage=stage),
    )


_ALL: tuple[Kpi, ...] = (
    Kpi(
        key="visitors",
        label=_("Visitors"),
        band="tofu",
        unit="count",
        basis=_EVENT,
        excludes=_ROBOTS,
        formula=_("different people and unknown visitors with at least one page view"),
        numerator=EventMeasure(kinds=_VIEWS, distinct="actor"),
    ),
    Kpi(
        key="visits",
        label=_("Visits"),
        band="tofu",
        unit="count",
        basis=_EVENT,
        excludes=_ROBOTS,
        formula=_("visits with at least one page view; a visit ends after 30 minutes without one"),
        numerator=_VISITS,
    ),
    Kpi(
        key="pageviews",
        label=_("Page views"),
        band="tofu",
        unit="count",
        basis=_EVENT,
        excludes=_ROBOTS,
        formula=_("number of pages shown"),
        numerator=EventMeasure(kinds=_VIEWS),
    ),
    Kpi(
        key="bounce_rate",
        label=_("Bounce rate"),
        band="tofu",
        unit="percent",
        basis=_EVENT,
        good="down",
        share=True,
        formula=_("visits with exactly one page view ÷ visits"),
        excludes=_ROBOTS,
        numerator=BounceMeasure(),
        denominator=_VISITS,
    ),
    Kpi(
        key="visit_duration",
        label=_("Time on site"),
        band="tofu",
        unit="seconds",
        basis=_EVENT,
        formula=_("seconds from first to last page view ÷ visits; a visit of one page counts 0"),
        numerator=DurationMeasure(),
        denominator=_VISITS,
    ),
    Kpi(
        key="ad_cost",
        label=_("Ad cost"),
        band="tofu",
        unit="money",
        good=None,
        basis=_("day of the cost"),
        formula=_("sum of the imported costs in the company's currency"),
        numerator=_COST,
    ),
    Kpi(
        key="impressions",
        label=_("Impressions"),
        band="tofu",
        unit="count",
        basis=_("day of the cost"),
        formula=_("sum of the imported impressions"),
        numerator=_IMPRESSIONS,
    ),
    Kpi(
        key="ctr",
        label=_("Click-through rate (CTR)"),
        band="tofu",
        unit="percent",
        basis=_("day of the cost"),
        formula=_("ad clicks ÷ impressions"),
        numerator=_CLICKS,
        denominator=_IMPRESSIONS,
        share=True,
    ),
    Kpi(
        key="cpc",
        label=_("Cost per click (CPC)"),
        band="tofu",
        unit="money",
        good="down",
        basis=_("day of the cost"),
        formula=_("ad cost ÷ ad clicks"),
        numerator=_COST,
        denominator=_CLICKS,
    ),
    _stage("leads", _("Leads"), "mofu", "lead", _("people who entered the stage Lead")),
    _step(
        "visitor_to_lead",
        _("Visitor → Lead"),
        "mofu",
        "visitor",
        "lead",
        _("of those who became visitors, share that became leads"),
    ),
    Kpi(
        key="cpl",
        label=_("Cost per lead (CPL)"),
        band="mofu",
        unit="money",
        good="down",
        basis=_ENTRY,
        formula=_("ad cost ÷ all leads of the period"),
        numerator=_COST,
        denominator=_LEADS,
    ),
    Kpi(
        key="downloads",
        label=_("Downloads"),
        band="mofu",
        unit="count",
        basis=_EVENT,
        formula=_("files fetched"),
        numerator=EventMeasure(kinds=("file.downloaded",)),
    ),
    Kpi(
        key="form_submissions",
        label=_("Form submissions"),
        band="mofu",
        unit="count",
        basis=_EVENT,
        formula=_("forms that arrived and passed their checks"),
        numerator=EventMeasure(kinds=("form.submitted",)),
    ),
    Kpi(
        key="open_rate",
        label=_("Open rate"),
        band="mofu",
        unit="percent",
        basis=_EVENT,
        formula=_("mails opened (each person and mailing once) ÷ mails sent"),
        excludes=_("opens by mail scanners and privacy proxies"),
        numerator=EventMeasure(kinds=("mail.opened",), distinct="mailing", human=True),
        denominator=_SENT,
    ),
    Kpi(
        key="click_rate",
        label=_("Click rate"),
        band="mofu",
        unit="percent",
        basis=_EVENT,
        formula=_("mails clicked (each person and mailing once) ÷ mails sent"),
        excludes=_("clicks by mail scanners"),
        numerator=EventMeasure(kinds=("mail.clicked",), distinct="mailing", human=True),
        denominator=_SENT,
    ),
    _stage("mqls", _("MQLs"), "mofu", "mql", _("people who entered the stage MQL")),
    _step(
        "lead_to_mql",
        _("Lead → MQL"),
        "mofu",
        "lead",
        "mql",
        _("of those who became leads, share that became MQLs"),
    ),
    _stage("sqls", _("SQLs"), "bofu", "sql", _("people who entered the stage SQL")),
    _step(
        "mql_to_sql",
        _("MQL → SQL"),
        "bofu",
        "mql",
        "sql",
        _("of those who became MQLs, share that became SQLs"),
    ),
    _stage("customers", _("New customers"), "bofu", "customer", _("people who entered the stage Customer")),
    _step(
        "sql_to_customer",
        _("SQL → Customer"),
        "bofu",
        "sql",
        "customer",
        _("of those who became SQLs, share that became customers"),
    ),
    Kpi(
        key="win_rate",
        label=_("Win rate"),
        band="bofu",
        unit="percent",
        basis=_CLOSED,
        share=True,
        formula=_("deals won ÷ (deals won + deals lost)"),
        numerator=_WON,
        denominator=_CLOSED_DEALS,
    ),
    Kpi(
        key="revenue",
        label=_("Revenue"),
        band="bofu",
        unit="money",
        basis=_EVENT,
        formula=_("value of deals won + orders paid − refunds, in the company's currency"),
        numerator=_REVENUE,
    ),
    Kpi(
        key="aov",
        label=_("Average order value (AOV)"),
        band="bofu",
        unit="money",
        basis=_EVENT,
        formula=_("value of orders paid ÷ orders paid"),
        numerator=EventMeasure(kinds=("order.paid",), money=True),
        denominator=_PAID,
    ),
    Kpi(
        key="deal_size",
        label=_("Average deal size"),
        band="bofu",
        unit="money",
        basis=_CLOSED,
        formula=_("value of deals won ÷ deals won"),
        numerator=EventMeasure(kinds=("deal.won",), money=True),
        denominator=_PRICED,
    ),
    Kpi(
        key="cac",
        label=_("Ad cost per customer (CAC)"),
        band="bofu",
        unit="money",
        good="down",
        basis=_ENTRY,
        formula=_("ad cost ÷ new customers"),
        numerator=_COST,
        denominator=_CUSTOMERS,
        excludes=_("salaries and tools: only imported ad cost counts"),
    ),
    Kpi(
        key="roas",
        label=_("Revenue per ad euro"),
        band="bofu",
        unit="factor",
        basis=_EVENT,
        formula=_("revenue ÷ ad cost of the same period; all revenue, not only that of advertised people"),
        numerator=_REVENUE,
        denominator=_COST,
    ),
    _stage(
        "repeat_customers",
        _("Repeat customers"),
        "after",
        "repeat",
        _("people who entered the stage Repeat customer"),
    ),
    _step(
        "repeat_rate",
        _("Repeat purchase rate"),
        "after",
        "customer",
        "repeat",
        _("of those who became customers, share that bought again"),
    ),
)

KPIS: dict[str, Kpi] = {kpi.key: kpi for kpi in _ALL}
