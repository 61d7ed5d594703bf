"""The lead takes the report away as a table for Excel."""

import csv
from io import StringIO

from playwright.sync_api import expect

from server.clinic.opening import add_person
from tests.rigs.client import Device, uuid7
from tests.rigs.people import PASSWORD

FORMULA = '=HYPERLINK("http://127.0.0.1/","x")'


def test_a_lead_takes_the_report_away_and_a_spreadsheet_reads_it(hand, clinic, app):
    customer = clinic.customer("李雨桐", phone="13987654321")
    followup = clinic.followup(customer, "customer_service", purpose="关心恢复")
    with app.app_context():
        add_person(clinic.id, "caller", FORMULA, ["customer_service"], PASSWORD)
    caller = Device(clinic.open_door(), clinic.code, "caller", PASSWORD, name="phone")
    caller.login()
    attempt = {"id": uuid7(), "followup_id": followup, "channel": "call", "outcome": "reached"}
    done = caller.do("followup.attempt", {**attempt, "content": {"reaction": "none"}, "note": "无不适"})
    assert done["status"] == "applied"

    lead = hand("cs_lead")
    lead.go("/reports")
    with lead.page.expect_download() as download:
        lead.tap("导出表格 (CSV)")
    lead.told("表格已保存")
    assert download.value.suggested_filename.startswith("回访报告 ")
    assert download.value.suggested_filename.endswith(".csv")
    data = download.value.path().read_bytes()

    assert data.startswith(b"\xef\xbb\xbf")  # else Excel reads UTF-8 as something else
    head, *lines = csv.reader(StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    assert head == [
        "时段",
        "谁",
        "哪种回访",
        "到期",
        "按时完成",
        "超时完成",
        "联系不上",
        "逾期",
        "等医生处理",
        "联系次数",
        "有效联系",
    ]
    [line] = [line for line in lines if line[1] == f"'{FORMULA}"]  # text, not a formula
    assert line[3:] == ["1", "1", "0", "0", "0", "0", "1", "1"]
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@"))]
    for secret in ("李", "13987654321", "无不适", "关心恢复", customer, followup, attempt["id"]):
        assert secret not in data.decode("utf-8-sig")
    expect(lead.page.get_by_role("button", name="导出表格 (CSV)")).to_be_visible()
