import { cssVariables, DARK, LIGHT } from './palette.ts';

/** The page's style sheet. Colours are those of the charts; dark where the reader's system is; light on paper. */
export const PAGE_STYLE = `
:root{${cssVariables(LIGHT)};--page:#f4f6f9;--calm:#1d6b3f;--calm-back:#dff2e6;--link:#174ea6;--positive:#1d7a48;--neutral:#a9b4c2;--negative:#c2413a}
@media screen and (prefers-color-scheme:dark){:root{${cssVariables(DARK)};--page:#0d1116;--calm:#7fd3a2;--calm-back:#173a26;--link:#8ab8ff;--positive:#4fb985;--neutral:#566375;--negative:#e8776d}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0 auto;max-width:1200px;padding:28px 24px 48px;background:var(--page);color:var(--ink);font:15px/1.5 Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
a{color:var(--link);text-decoration:none}
a:hover,a:focus-visible,p a,li a{text-decoration:underline}
h1,h2,p{margin:0}
h1{font-size:28px;line-height:1.2;letter-spacing:-.015em}
h2{font-size:17px;line-height:1.3}
small{color:var(--muted);font-size:.85em;white-space:nowrap}
.kicker{color:var(--muted);font-size:13px;font-weight:600;letter-spacing:.02em}
.lead{margin-top:6px;font-size:16px}
.warning{margin-top:8px;padding:8px 12px;border-left:3px solid var(--threshold);background:var(--background);font-size:14px}
.firing{color:var(--threshold)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:8px 12px;text-align:right;vertical-align:middle}
th:first-child{text-align:left}
thead th{color:var(--muted);font-size:13px;font-weight:500}
tbody th{font-weight:600}
tbody tr{border-top:1px solid var(--grid)}
.summary{margin-top:22px;background:var(--background);border:1px solid var(--grid);border-radius:10px;border-spacing:0;border-collapse:separate;overflow:hidden}
.summary tbody th,.summary tbody td{border-top:1px solid var(--grid)}
.summary td small{display:inline-block;min-width:7.6em;text-align:left}
.summary .spark{width:134px;padding-block:4px}
.spark svg{display:block;margin-left:auto}
.state{display:inline-block;padding:1px 9px;border-radius:99px;font-size:13px;font-weight:600;color:var(--muted);white-space:nowrap}
.state.calm{color:var(--calm);background:var(--calm-back)}
.state.firing{color:var(--threshold);background:var(--firing)}
.multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:10px;margin-top:18px}
.multiples.few{grid-template-columns:repeat(auto-fit,minmax(150px,280px))}
.multiples a{display:grid;grid-template-columns:1fr auto;gap:2px 8px;padding:8px 10px 6px;background:var(--background);border:1px solid var(--grid);border-radius:8px;color:var(--ink);font-size:13px}
.multiples a.alerting{border-color:var(--threshold)}
.multiples span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-weight:600}
.multiples b{color:var(--smoothed);font-variant-numeric:tabular-nums}
.multiples .alerting b{color:var(--threshold)}
.multiples svg{grid-column:1/-1;width:100%;max-width:260px;height:auto}
.shares svg{display:block;width:100%;height:8px;border-radius:4px}
.shares p{margin:5px 0 10px;font-size:14px}
.shares b{font-weight:600}
.quotes{list-style:none;margin:0 0 8px;padding:0;font-size:14px}
.quotes li{margin:6px 0 0;padding-left:10px;border-left:2px solid var(--grid);overflow-wrap:anywhere}
.legend{display:flex;flex-wrap:wrap;gap:4px 22px;margin:26px 2px 10px;color:var(--muted);font-size:13px}
.legend span{display:inline-flex;align-items:center;gap:8px}
.brands{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,400px),1fr));gap:16px;align-items:start}
section{background:var(--background);border:1px solid var(--grid);border-radius:10px;padding:18px 20px;scroll-margin-top:12px}
section.alerting{border-color:var(--threshold)}
section p{margin:4px 0 10px}
section>svg{display:block;width:100%;max-width:560px;height:auto}
h3{margin:12px 0 0;font-size:14px}
.notes{margin:6px 0 0;padding:0 0 0 18px;font-size:14px;overflow-wrap:anywhere}
details{margin-top:8px}
summary{cursor:pointer;color:var(--link);font-size:14px}
.scroll{overflow-x:auto}
.days{margin-top:6px;font-size:13px}
.days th,.days td{padding:5px 6px}
.days td small{display:block;line-height:1.2}
.days tbody th{white-space:nowrap}
.firing-day{background:var(--firing)}
.quality{margin-top:16px}
.quality dl{display:flex;flex-wrap:wrap;gap:12px 36px;margin:10px 0 0}
.quality dt{color:var(--muted);font-size:13px}
.quality dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums}
.quality p{margin:14px 0 0;font-size:14px}
code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
footer{margin:26px 2px 0;max-width:75ch;color:var(--muted);font-size:14px}
footer h2{color:var(--ink);font-size:15px}
footer p{margin-top:8px}
@media (max-width:700px){
body{padding:20px 14px 36px}
h1{font-size:24px}
.summary thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.summary,.summary tbody{display:block}
.summary tr{display:grid;grid-template-columns:1fr 1fr;gap:8px 16px;padding:14px;border:0}
.summary tr+tr{border-top:1px solid var(--grid)}
.summary tbody th,.summary tbody td{display:block;padding:0;border:0;text-align:left}
.summary tbody th{font-size:16px}
.summary td[data-label]::before{content:attr(data-label);display:block;color:var(--muted);font-size:12px}
.summary td[data-label=State]{order:-1;justify-self:end}
.summary th{order:-2}
.summary td[data-label=State]::before{display:none}
.summary td small{display:inline-block;min-width:7.6em;text-align:left}
.summary .spark{width:auto}
.spark svg{margin:0}
section{padding:16px 12px}
.multiples.few{grid-template-columns:1fr 1fr}
.summary td small{min-width:0}
.days{font-size:12px}
.days th,.days td{padding:5px 4px}
.days th:nth-child(3),.days td:nth-child(3),.days.corrected th:nth-child(5),.days.corrected td:nth-child(5){display:none}
}
@media print{
:root{--page:#fff}
body{max-width:none;padding:0;font-size:11px}
section,.summary tr{break-inside:avoid}
.brands{grid-template-columns:1fr 1fr;gap:10px}
section{padding:10px 12px}
a{color:inherit}
details:not([open]){display:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`
  .trim()
  .replaceAll('\n', '');
