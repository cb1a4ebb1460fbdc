"""The examples that the vendor's documents print: as printed, and with their faults mended."""

from __future__ import annotations

import json
from typing import Any

_SURVEY = """"Survey":
{
  "url":"http://ourServer/storage/userAnswers",
  "question1":7,
  "question2":true,
  "question3":"will be better with cable tv and on-demand video"
},
"Proposal": [
  {
    "car type":"cabriolet",
    "price":25 000,
    "seats":2,
    "comments":"200 cv, hardtop"
  },
  {
    "car type":"S.U.V.",
    "price":70 000,
    "seats":8,
    "comments":"4wd, leather seats"
  }
]
}
"""
START_TASK_PRINTED = (
    """{
  "interaction_id":42,
  "est_duration":460,
"state_id":24,
"task_type":customer info,
"""
    + _SURVEY
)
COMPLETE_TASK_PRINTED = (
    """{
"interaction_id":0000CSS0FXZUP6UR,
"state_id":24,
"disposition": 10,
"disposition_desc": "SUCCESS",
"""
    + _SURVEY
)
START_SERVICE_PRINTED = """{
  "timestamp": "2009-05-12T12:05:12.145Z",
  "interaction_id": "123ABCAADFJ1259ACF",
  "application_type": 400,
  "application_id": 40,
  "est_duration": 60,
  "contact_key": "42",
  "service_type": 100,
  "media_type": 1,
  "resource_id": 5005,
  "resource_type": 2,
  "disposition": 10,
  "coupon": {
    "coupon_name": "DISCOUNTCODE15"
  },
  "satisfaction": {
    "score": 85,
    "agentID": 2025
  },
  "relatedOffers": [
    {
      "offer_name": "VIP credit card black ed.",
      "type": 9,
      "comments": "proposed to all client"
    },
  ],
}
"""
COMPOSITE_START_PRINTED = """{
     services: [
     ]
}
"""


def mended(text: str, *faults: tuple[str, str]) -> Any:
    """Return what an example means; the numbers with a space in them are mended anyway."""
    for printed, meant in (("25 000", "25000"), ("70 000", "70000"), *faults):
        text = text.replace(printed, meant)
    return json.loads(text)


START_TASK = mended(START_TASK_PRINTED, ("customer info", '"customer info"'))
COMPLETE_TASK = mended(COMPLETE_TASK_PRINTED, ("0000CSS0FXZUP6UR", '"0000CSS0FXZUP6UR"'))
START_SERVICE = mended(START_SERVICE_PRINTED, ("},\n  ],\n", "}\n  ]\n"))
SURVEY = START_TASK["Survey"]
PROPOSAL = START_TASK["Proposal"]
OFFERS = [
    {"offer_name": "VIP credit card black ed.", "type": 9, "comments": "proposed to all client"},
    {"offer_name": "3 times payment GOLD", "type": 4, "comments": "limited offer"},
    {
        "offer_name": "life insurance",
        "type": 3,
        "comments": "healt check to be done before approval",
    },
]
EVENT = {
    "session_id": "01ATE0IHTS8H9B8B6QCJ4E5AES000001",
    "interaction_id": "00001a57JGQ00BW8",
    "application_type": "ivr",
    "application_id": 40,
    "resource_type": "GVP",
    "resource_id": 2**40,
    "media_type": "voice",
    "timestamp": "2010-05-18T15:23:34.447Z",
}
"""An event with all that an event can say of where it happened."""


def composite_start() -> dict[str, Any]:
    """Return the body of Composite Start's example, with the faults of its print mended."""
    event = {
        "interaction_id": "123ABCAADFJ1259ACF",
        "application_type": "App_type_1",
        "application_id": 40,
        "resource_type": "ResType1",
        "resource_id": 1183,
        "media_type": "voice",
        "est_duration": 60,
    }
    feedback = {
        "FeedbackType": "survey",
        "rating": 7,
        "notes": "warm welcome at frontdesk, thanks for the nice trip",
    }
    satisfaction = [
        {"rating": 2, "pertinence": 8, "usefull": True, "place": "Terranova mexico resort"},
        {"rating": 8, "pertinence": 4, "usefull": False, "place": "Fancy resort Paris"},
    ]
    return {
        "services": [
            {
                "service": {
                    **event,
                    "customer_id": "a customer without a profile",
                    "service_type": "MyService1",
                    "relatedOffers": OFFERS,
                },
                "state": {
                    **event,
                    "state_type": "MyState1",
                    "FeedbackState": feedback,
                    "SatisfactionState": satisfaction,
                },
                "task": {
                    **event,
                    "task_type": "MyTask1",
                    "FeedbackTask": feedback,
                    "SatisfactionTask": satisfaction,
                },
                "associate_state_task": "true",
            }
        ]
    }
