"""A phone whose clock is days wrong."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from playwright.sync_api import expect

SERVICE = "customer_service"


@pytest.mark.parametrize("days", [-3, 2])
def test_times_are_put_right_and_today_stays_today(hand, clinic, days):
    treatment = clinic.treatment(clinic.customer("李雨桐", "13800000002"), "玻尿酸", hours_ago=1)
    followup = str(uuid5(UUID(treatment), "cs_2h"))
    me = hand(SERVICE, signed_in=False)
    me.page.clock.install(time=datetime.now(UTC) + timedelta(days=days))
    me.page.reload()
    me.sign_in()
    row = me.page.get_by_role("main").get_by_role("listitem")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("玻尿酸 · 1 小时")
    expect(me.page.get_by_text("可致电 11:00-13:30")).to_be_visible()
    me.tap("致电 李女士")
    me.come_back()
    before = datetime.now(UTC)
    me.tap("已接通 · 一切正常")
    me.told("已记：一切正常")
    me.page.clock.fast_forward(11_000)
    expect(me.sync_line("已全部送达")).to_be_visible()
    [attempt] = [row for row in clinic.stored("attempt").values() if row["followup_id"] == followup]
    assert abs(datetime.fromisoformat(attempt["at"]) - before) < timedelta(minutes=2)
    assert clinic.stored("followup")[followup]["status"] == "done"
