/** What the dashboard needs beyond the style of the daily page. */
export const DASHBOARD_STYLE = `
body{padding-top:0}
.skip{position:absolute;left:-999px}
.skip:focus{left:12px;top:8px;padding:6px 12px;background:var(--background);z-index:1}
.top{display:flex;flex-wrap:wrap;gap:2px 6px;align-items:center;margin:0 -10px 22px;padding:12px 0;border-bottom:1px solid var(--grid)}
.top a{padding:6px 10px;border-radius:8px;color:var(--ink);font-weight:500}
.top a[aria-current]{background:var(--background);box-shadow:inset 0 0 0 1px var(--grid)}
.top .brand{font-weight:700;letter-spacing:-.01em}
#content:focus{outline:none}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
h1,h2,.kicker,.lead{overflow-wrap:anywhere}
.kicker+h1{margin-top:4px}
header .choices{margin-top:10px}
form+[role=status],form+div{margin-top:14px}
input[type=number]{width:7em}
main{display:grid;gap:18px;margin-top:22px}
main>*{min-width:0;margin-block:0}
form{display:flex;flex-wrap:wrap;gap:12px 16px;align-items:end}
form.block{display:grid;gap:12px;justify-items:start}
label{display:grid;gap:3px;color:var(--muted);font-size:13px}
form.block label{width:100%}
input,select,textarea,button{font:inherit;font-size:15px;color:var(--ink);background:var(--background);border:1px solid var(--muted);border-radius:8px;padding:7px 10px;max-width:100%}
input[type=range]{padding:0;width:min(420px,70vw);border:0;accent-color:var(--link)}
input[type=file]{border-style:dashed;width:100%}
textarea{width:100%;min-height:110px;resize:vertical}
button{cursor:pointer;font-weight:600;padding:7px 16px}
button.main{background:var(--link);border-color:var(--link);color:var(--page)}
button:hover{filter:brightness(1.08)}
progress{width:180px;height:10px;align-self:center;accent-color:var(--link)}
[aria-busy=true]{opacity:.55;transition:opacity .2s .15s}
.row{display:flex;flex-wrap:wrap;gap:8px 18px;align-items:baseline}
.row h2{margin-right:auto}
.choices{display:flex;flex-wrap:wrap;gap:4px}
.choices a{padding:3px 10px;border:1px solid var(--grid);border-radius:99px;font-size:14px}
.choices a[aria-current]{background:var(--link);border-color:var(--link);color:var(--page)}
.chart svg{display:block;width:100%;height:auto}
.chart{margin:6px 0 0}
.chart[data-days] svg{cursor:pointer}
.chart .narrow{display:none}
.list{list-style:none;margin:0;padding:0;display:grid;gap:0}
.list>li{padding:14px 0;border-top:1px solid var(--grid);overflow-wrap:anywhere}
.list>li:first-child{border-top:0}
.post p{margin:0 0 6px;white-space:pre-wrap}
.post .meta{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:center;color:var(--muted);font-size:13px}
.post form{gap:6px;margin-left:auto;align-items:center}
.post label{display:inline-flex;gap:6px;align-items:center}
.post select,.post button{font-size:13px;padding:3px 8px}
.class{display:inline-block;padding:1px 9px;border-radius:99px;font-size:13px;font-weight:600;background:var(--grid);color:var(--ink)}
.class.positive{color:var(--calm);background:var(--calm-back)}
.class.negative{color:var(--threshold);background:var(--firing)}
.facts{display:flex;flex-wrap:wrap;gap:12px 36px;margin:10px 0 0}
.facts dt{color:var(--muted);font-size:13px}
.facts dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums}
.facts small{display:block;font-weight:400}
.lines{font-size:14px}
.lines th,.lines td{padding:7px 10px;text-align:left;vertical-align:top}
.lines .number{text-align:right}
.lines .day{white-space:nowrap}
.words{font-size:17px;line-height:2;overflow-wrap:anywhere;white-space:pre-wrap}
.words mark{color:inherit;border-radius:4px;padding:2px 3px;background:none;border-bottom:3px solid}
.words sup{font-size:10px;color:var(--muted);margin-left:2px}
.words .up{border-color:var(--calm)}
.words .down{border-color:var(--threshold)}
.strong.up{background:var(--calm-back)}
.strong.down{background:var(--firing)}
.bars{display:grid;grid-template-columns:max-content minmax(60px,1fr) max-content;gap:6px 12px;align-items:center;max-width:460px;margin:12px 0}
.bars svg{display:block;width:100%;height:12px}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,360px),1fr));gap:16px}
.hint{color:var(--muted);font-size:14px;max-width:75ch}
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
pre{overflow-x:auto;margin:6px 0;padding:10px 12px;border:1px solid var(--grid);border-radius:8px;font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media (max-width:700px){
.top{margin-bottom:14px}
.top a{padding:5px 8px;font-size:14px}
.chart .wide{display:none}
.chart .narrow{display:block}
.post form{margin-left:0}
.lines{font-size:13px}
.lines th,.lines td{padding:6px 5px}
}
@media print{.top,form{display:none}}
`
  .trim()
  .replaceAll('\n', '');
