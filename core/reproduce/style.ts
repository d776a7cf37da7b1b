/** The page's style: light and dark by the reader's setting, colours of at least 4.5 : 1 against their ground. */
export const STYLE = `
:root{--ground:#fbfaf8;--panel:#fff;--ink:#1d1c1a;--quiet:#5f5b55;--rule:#e2ded7;--accent:#0b5fae;--c1:#a2480d;--c2:#6b4fa0;--c3:#0f6f63;--yes:#1c6b3a;--yes-ground:#e2f2e7;--no:#9b2c1f;--no-ground:#fae7e3;--plain:#6d675f}
@media (prefers-color-scheme:dark){:root{--ground:#16171a;--panel:#1e2024;--ink:#e9e7e3;--quiet:#a9a59e;--rule:#34363b;--accent:#6fb3f2;--c1:#f0a35e;--c2:#b9a2ee;--c3:#74cfbd;--yes:#86d6a1;--yes-ground:#1c3325;--no:#f3a394;--no-ground:#3d211d;--plain:#a39d94}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:980px;margin:0 auto;padding:48px 20px 96px}
h1{font-size:2rem;line-height:1.2;margin:.2em 0 .4em;letter-spacing:-.01em}
h2{font-size:1.25rem;margin:0 0 .3em}
section{margin-top:40px;padding-top:28px;border-top:1px solid var(--rule)}
p{margin:.3em 0 .9em;max-width:72ch}
.eyebrow{margin:0;color:var(--quiet);font-size:.875rem}
.lead{font-size:1.125rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.verdicts{list-style:none;margin:0;padding:0}
.verdicts li{display:grid;grid-template-columns:8.5em 1fr;gap:16px;padding:12px 0;border-top:1px solid var(--rule)}
.verdicts li:first-child{border-top:0}
.verdicts p{margin:.1em 0 0;font-variant-numeric:tabular-nums}
.verdicts .rule{color:var(--quiet);font-size:.875rem}
.badge{justify-self:start;align-self:start;padding:2px 10px;border-radius:99px;font-size:.875rem;font-weight:600;white-space:nowrap;color:var(--quiet);background:var(--rule)}
.badge.yes{color:var(--yes);background:var(--yes-ground)}
.badge.no{color:var(--no);background:var(--no-ground)}
.scroll{overflow-x:auto}
.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.9375rem;font-variant-numeric:tabular-nums}
th,td{padding:7px 10px;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
th[scope=row],tr>:first-child{text-align:left;font-weight:500;padding-left:0}
thead th{color:var(--quiet);font-weight:500;font-size:.875rem}
figure{margin:12px 0 20px}
figcaption{color:var(--quiet);font-size:.875rem}
svg{display:block}
figure svg{max-width:100%;height:auto;min-width:560px}
svg text{fill:var(--ink);font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
svg .tick,svg .axis{fill:var(--quiet)}
svg .bold,svg .value{font-weight:600}
.grid{stroke:var(--rule)}
.zero{stroke:var(--quiet)}
.bar{stroke-width:3;stroke-linecap:round;opacity:.55}
.bar.plain{stroke:var(--plain)}.bar.strong{stroke:var(--accent)}
.mean.plain{fill:var(--plain)}.mean.strong{fill:var(--accent)}
.seed{fill:var(--ground);stroke-width:1.5}
.seed.plain{stroke:var(--plain)}.seed.strong{stroke:var(--accent)}
.curve{fill:none;stroke-width:2.5;stroke-linejoin:round}
.curve.thin{stroke-width:1;opacity:.4}
.curve.c0{stroke:var(--accent)}.curve.c1{stroke:var(--c1)}.curve.c2{stroke:var(--c2)}.curve.c3{stroke:var(--c3)}
.dot.c0{fill:var(--accent)}.dot.c1{fill:var(--c1)}.dot.c2{fill:var(--c2)}.dot.c3{fill:var(--c3)}
svg .name.c0{fill:var(--accent)}svg .name.c1{fill:var(--c1)}svg .name.c2{fill:var(--c2)}svg .name.c3{fill:var(--c3)}
.fill{fill:var(--accent)}
.case{margin:20px 0;padding:16px 18px;background:var(--panel);border:1px solid var(--rule);border-radius:8px}
.case td:nth-child(3){width:200px}
code{font:.9em ui-monospace,SFMono-Regular,Consolas,monospace}
dl{margin:0}
dl div{display:grid;grid-template-columns:8.5em 1fr;gap:16px;padding:4px 0}
dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}
#method li{max-width:72ch}
@media (max-width:560px){.verdicts li,dl div{grid-template-columns:1fr;gap:4px}}
@media print{section{break-inside:avoid}}
`;
