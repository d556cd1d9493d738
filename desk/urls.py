"""Addresses of the desk: pages by their names, the API, and the act pages last."""

from django.urls import include, path

from desk.web import (
    acting,
    demo,
    draws,
    entering,
    entries,
    home,
    pool,
    projects,
    public,
    trail,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("login/", entering.login, name="login"),
    path("logout/", entering.logout, name="logout"),
    path("sign-in/", entering.sign_in, name="sign-in"),
    path("i/<str:token>/", entering.invitation, name="invitation"),
    path("my/", entering.my, name="my"),
    path("public/", public.listing, name="public"),
    path("public/<str:code>/", public.project, name="public-project"),
    path("projects/", projects.listing, name="projects"),
    path("project/<str:code>/", projects.project, name="project"),
    path("rules/<str:code>/", projects.rules, name="rules-of"),
    path("draws/", draws.listing, name="draws"),
    path("draw/<str:code>/", draws.draw, name="draw"),
    path("draw-sheet/<str:code>/", draws.sheet, name="draw-sheet"),
    path("draw-receipt/<str:code>/", draws.receipt, name="draw-receipt"),
    path("experts/", pool.experts, name="experts"),
    path("expert/<str:code>/", pool.expert, name="expert"),
    path("accounts/", pool.accounts, name="accounts"),
    path("account/<str:code>/", pool.account, name="account"),
    path("trail/", trail.page, name="trail"),
    path("trail/evidence/", trail.evidence, name="evidence"),
    path("entry/<str:kind>/<str:id>/<int:n>/", entries.entry, name="entry"),
    path("entry/<str:kind>/<str:id>/<int:n>/proof/", entries.proof, name="proof"),
    path("receipt/<str:kind>/<str:id>/<int:n>/", entries.receipt, name="receipt"),
    path("receipt/<str:kind>/<str:id>/<int:n>/proof/", entries.receipt_proof, name="receipt-proof"),
    path("demo/jump/", demo.jump, name="demo-jump"),
    path("api/", include("desk.api.urls")),
    path("<str:kind>/<str:code>/<str:slug>/", acting.act, name="act"),
]
