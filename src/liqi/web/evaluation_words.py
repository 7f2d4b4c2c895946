"""The words of evaluation: what people read for the names of formulas, tables and sources."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, pgettext_lazy

WORDS = {
    "organisation": pgettext_lazy("evaluation", "Organisation"), "running": gettext_lazy("Running"),
    "sharing": gettext_lazy("Sharing"),
    "coordination": gettext_lazy("Coordination"), "open_share": gettext_lazy("Open share"),
    "technicians": gettext_lazy("Technicians for each instrument"),
    "platform": gettext_lazy("Online service platform"), "running_hours": gettext_lazy("Mean effective hours"),
    "running_results": gettext_lazy("Use and its results"), "shared_hours": gettext_lazy("Mean outside hours"),
    "outside_results": gettext_lazy("Grades of outside users"),
    "home_grown": gettext_lazy("Share of instruments made at home"),
    "hours": gettext_lazy("Hours"), "training": gettext_lazy("Training"),
    "results": pgettext_lazy("evaluation", "Results"),
    "income": gettext_lazy("Income"), "functions": pgettext_lazy("evaluation", "Functions"),
    "outside_share": gettext_lazy("Outside share"), "yield": gettext_lazy("Yield"),
    "mean_hours": gettext_lazy("Effective hours"),
    "effective_h": gettext_lazy("effective hours"), "quota_h": gettext_lazy("quota of hours"),
    "independent": gettext_lazy("people trained to work alone"),
    "guided": gettext_lazy("people trained under guidance"),
    "shown": gettext_lazy("people shown"), "national_awards": gettext_lazy("national awards"),
    "provincial_awards": gettext_lazy("provincial awards"), "school_awards": gettext_lazy("awards of the school"),
    "core_papers": gettext_lazy("papers in core journals"), "outside_income_cny": gettext_lazy("outside income, CNY"),
    "inside_income_cny": gettext_lazy("inside income, CNY"), "functions_used": gettext_lazy("functions used"),
    "new_functions": gettext_lazy("new functions"), "trained_students": gettext_lazy("students trained"),
    "trained_teachers": gettext_lazy("teachers trained"), "trained_others": gettext_lazy("others trained"),
    "patents_teachers": gettext_lazy("patents of teachers"), "patents_students": gettext_lazy("patents of students"),
    "papers_indexed": gettext_lazy("papers in the three indexes"),
    "excellent": gettext_lazy("excellent"), "good": gettext_lazy("good"),
    "passed": pgettext_lazy("evaluation", "passed"),
    "poor": gettext_lazy("poor"), "failed": pgettext_lazy("evaluation", "failed"),
    "weights": gettext_lazy("Weights"), "full_at": gettext_lazy("Full marks at"), "grades": gettext_lazy("Grades from"),
    "steps": gettext_lazy("Points by per cent of functions used"), "points": gettext_lazy("most points"),
    "survey_full_h": gettext_lazy("full use, national survey, h"),
    "moe_general_h": gettext_lazy("quota of a general instrument, h"),
    "moe_special_h": gettext_lazy("quota of a special instrument, h"),
    "full_enough_h": gettext_lazy("full enough before buying another, h"),
    "from_cny": gettext_lazy("instruments count from, CNY"),
    "check_from_cny": gettext_lazy("check before buying from, CNY"),
    "moe_from_cny": gettext_lazy("benefit form from, CNY"), "sj3_from_cny": gettext_lazy("table SJ3 from, CNY"),
    "outside_factor": gettext_lazy("outside income counts times"),
    "hours_per_point": gettext_lazy("hours for one point"), "new_function": gettext_lazy("a new function"),
    "national_award": gettext_lazy("a national award"), "provincial_award": gettext_lazy("a provincial award"),
    "school_award": gettext_lazy("an award of the school"), "core_paper": gettext_lazy("a paper in a core journal"),
    "outside_per_1000_cny": gettext_lazy("1,000 CNY of outside income"),
    "inside_per_1000_cny": gettext_lazy("1,000 CNY of inside income"),
    "shown_people": gettext_lazy("people shown that make a point"),
    "tally_hours": gettext_lazy("Effective hours: sessions and kept tallies"),
    "tally_outside_hours": gettext_lazy("Outside hours: sessions and kept tallies"),
    "service_record_hours": gettext_lazy("Effective hours: sessions and service records"),
    "service_record_outside_hours": gettext_lazy("Outside hours: sessions and service records"),
    "declared_hours": gettext_lazy("Effective hours: sessions and what instruments declare"),
    "declared_outside_hours": gettext_lazy("Outside hours: sessions and what instruments declare"),
    "outside_income": gettext_lazy("Outside income: charges and service records"),
    "time to spare": gettext_lazy("There is time to spare: a reason not to buy"),
    "cannot tell": gettext_lazy("Cannot tell: hours of like instruments are not known"),
    "all are full": gettext_lazy("All are full: no reason not to buy"),
    "none near": gettext_lazy("None near: no reason not to buy"),
}  # fmt: skip
"""What people read for a name of the formulas and tables."""
NOTES = (
    gettext_lazy(
        "The supplementary letter prints 20 for the results, and the weights would then add up to 95; 25 is taken."
    ),
    gettext_lazy("Each university has its own points; date an edition with yours."),
)
"""Notes of the tables that come with the product, so that they are translated."""
METERED_BY = {
    "log-on": pgettext_lazy("metered by", "start and end by the person"),
    "sensor": pgettext_lazy("metered by", "sensor"),
    "files": pgettext_lazy("metered by", "data files"), "by hand": pgettext_lazy("metered by", "entered by hand"),
}  # fmt: skip


def word(name: str) -> str:
    """The word for a name of a formula or table; the name itself where there is none."""
    return str(WORDS.get(name, name))
