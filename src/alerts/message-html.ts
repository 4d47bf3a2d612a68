import { html, Markup } from './html.ts';
import type { AlertContent } from './message.ts';

const FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif";
const INK = '#1c2430';
const MUTED = '#5b6675';
const LINE = '#e3e7ec';
const ALARM = '#b3261e';

/**
 * Dark mode, phones and old clients: the layout and its light colours are inline, as clients that drop this sheet need;
 * where it is kept, it only changes colours and paddings.
 */
const SHEET = new Markup(`
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  body { margin: 0 !important; }
  img { -ms-interpolation-mode: bicubic; }
  @media (max-width: 480px) {
    .page { padding: 0 !important; }
    .card { border-radius: 0 !important; }
    .side { padding-left: 18px !important; padding-right: 18px !important; }
    .title { font-size: 22px !important; line-height: 28px !important; }
    .value { font-size: 17px !important; }
  }
  @media (prefers-color-scheme: dark) {
    .page { background-color: #101318 !important; }
    .card { background-color: #1a1f27 !important; }
    .ink { color: #e9edf2 !important; }
    .muted { color: #9daab9 !important; }
    .alarm { color: #ff9d94 !important; }
    .line { border-color: #313946 !important; }
    .fact { background-color: #232a34 !important; }
    .score { background-color: #4a2320 !important; color: #ffb4ac !important; }
  }`);

/** The HTML part of an alert mail. The chart is the inline part with the given content id; nothing is loaded from afar. */
export function htmlPart(content: AlertContent, chartCid: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<title>${content.subject}</title>
<style>${SHEET}</style>
</head>
<body style="margin:0;padding:0;word-spacing:normal;-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${content.lead} ${content.certainty}</div>
<table class="page" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f2f4f7;padding:24px 0">
<tr><td align="center">
${new Markup('<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->')}
<table class="card" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background-color:#ffffff;border-radius:10px;border-top:5px solid ${ALARM};text-align:left;font-family:${new Markup(FONT)};table-layout:fixed">
<tr><td class="side" style="padding:24px 28px 0">
<p class="muted" style="margin:0 0 6px;font-size:13px;line-height:18px;color:${MUTED}"><strong class="ink" dir="auto" style="color:${INK}">${content.brand}</strong> &nbsp;·&nbsp; ${content.date}</p>
<h1 class="title alarm" style="margin:0;font-size:26px;line-height:32px;font-weight:700;color:${ALARM}">${content.title}</h1>
<p class="ink" style="margin:12px 0 0;font-size:16px;line-height:24px;color:${INK}">${content.lead}</p>
<p class="ink" style="margin:8px 0 0;font-size:16px;line-height:24px;color:${INK}">${content.certainty}</p>
</td></tr>
<tr><td class="side" style="padding:20px 28px 0">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="table-layout:fixed"><tr>
${content.facts.map(factCell)}
</tr></table>
</td></tr>
<tr><td class="side" style="padding:20px 28px 0">
<img src="cid:${chartCid}" width="544" alt="${chartAlt(content)}" style="display:block;width:100%;max-width:544px;height:auto;border:0;border-radius:8px;background-color:#ffffff;font-size:14px;line-height:20px;color:${INK}">
<p class="muted" style="margin:10px 0 0;font-size:14px;line-height:21px;color:${MUTED}">${content.basis}</p>
</td></tr>
${content.events.length === 0 ? [] : eventSection(content)}
${content.quotes.length === 0 ? [] : quoteSection(content)}
${section('What ends it', content.resolve)}
${section('Who gets this', content.recipients)}
<tr><td class="side" style="padding:24px 28px 28px">
<p class="muted line" style="margin:0;padding-top:16px;border-top:1px solid ${LINE};font-size:12px;line-height:18px;color:${MUTED}">${content.scale}</p>
</td></tr>
</table>
${new Markup('<!--[if mso]></td></tr></table><![endif]-->')}
</td></tr>
</table>
</body>
</html>
`.source;
}

function factCell(fact: AlertContent['facts'][number], index: number): Markup {
  const colour = index === 0 ? ALARM : INK;
  return html`${index === 0 ? [] : html`<td width="8" style="width:8px;font-size:0">&nbsp;</td>`}<td class="fact" valign="top" style="padding:10px 2px;background-color:#f5f7f9;border-radius:8px;text-align:center">
<div class="muted" style="font-size:12px;line-height:16px;color:${MUTED}">${fact.label}</div>
<div class="value ${index === 0 ? 'alarm' : 'ink'}" style="font-size:22px;line-height:28px;font-weight:700;color:${colour}">${fact.value}</div>
<div class="muted" style="font-size:12px;line-height:16px;color:${MUTED}">${fact.note === '' ? new Markup('&nbsp;') : fact.note}</div>
</td>
`;
}

function eventSection({ events }: AlertContent): Markup {
  return html`<tr><td class="side" style="padding:14px 28px 0">
${events.map(({ date, text }) => html`<p class="ink" style="margin:4px 0 0;font-size:14px;line-height:21px;color:${INK};overflow-wrap:anywhere"><strong>${date}</strong>: <span dir="auto">${text}</span></p>`)}
</td></tr>
`;
}

function quoteSection(content: AlertContent): Markup {
  return html`<tr><td class="side" style="padding:26px 28px 0">
<h2 class="ink" style="margin:0;font-size:16px;line-height:22px;color:${INK}">Posts that pulled it down</h2>
<p class="muted" style="margin:2px 0 4px;font-size:13px;line-height:18px;color:${MUTED}">The lowest scores of ${content.quotesSpan}</p>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="table-layout:fixed">
${content.quotes.map(
  (quote) => html`<tr>
<td class="line" width="52" valign="top" style="width:52px;padding:12px 0;border-bottom:1px solid ${LINE}"><span class="score" style="display:inline-block;padding:2px 7px;border-radius:6px;background-color:#fbe3e1;font-size:13px;line-height:18px;font-weight:700;color:${ALARM}">${quote.score}</span></td>
<td class="line" valign="top" style="padding:12px 0;border-bottom:1px solid ${LINE};word-break:break-word;overflow-wrap:anywhere">
<div class="ink" dir="auto" style="font-size:15px;line-height:22px;color:${INK}">${quote.text}</div>
<div class="muted" style="margin-top:2px;font-size:12px;line-height:16px;color:${MUTED}">${quote.date}</div>
</td></tr>
`,
)}</table>
</td></tr>`;
}

function section(title: string, body: string): Markup {
  return html`<tr><td class="side" style="padding:22px 28px 0">
<h2 class="ink" style="margin:0 0 4px;font-size:16px;line-height:22px;color:${INK}">${title}</h2>
<p class="ink" style="margin:0;font-size:14px;line-height:21px;color:${INK};overflow-wrap:anywhere">${body}</p>
</td></tr>
`;
}

function chartAlt(content: AlertContent): string {
  const days = content.recent.map(({ date, smoothed }) => `${date} ${smoothed}`).join(', ');
  return `Chart of the ${content.smoothedLabel} figure. ${days}`;
}
