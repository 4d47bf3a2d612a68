// Made by scripts/mail-template.ts from mail.mjml: change that, then run `node scripts/mail-template.ts`.

export const MAIL_TEMPLATE = `<!doctype html>
<html lang="en" dir="auto" xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<head>
<title>{{subject}}</title>
<!--[if !mso]><!-->
<meta http-equiv="X-UA-Compatible" content="IE=edge">
<!--<![endif]-->
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style type="text/css">
#outlook a { padding:0; }
body { margin:0;padding:0;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%; }
table, td { border-collapse:collapse;mso-table-lspace:0pt;mso-table-rspace:0pt; }
img { border:0;height:auto;line-height:100%; outline:none;text-decoration:none;-ms-interpolation-mode:bicubic; }
p { display:block;margin:13px 0; }
</style>
<!--[if mso]>
<noscript>
<xml>
<o:OfficeDocumentSettings>
<o:AllowPNG/>
<o:PixelsPerInch>96</o:PixelsPerInch>
</o:OfficeDocumentSettings>
</xml>
</noscript>
<![endif]-->
<!--[if lte mso 11]>
<style type="text/css">
.mj-outlook-group-fix { width:100% !important; }
</style>
<![endif]-->
<style type="text/css">
@media only screen and (min-width:480px) {
.mj-column-per-100 { width:100% !important; max-width: 100%; }
}
</style>
<style media="screen and (min-width:480px)">
.moz-text-html .mj-column-per-100 { width:100% !important; max-width: 100%; }
</style>
<style type="text/css">
@media only screen and (max-width:479px) {
table.mj-full-width-mobile { width: 100% !important; }
td.mj-full-width-mobile { width: auto !important; }
}
</style>
<style type="text/css">
:root { color-scheme: light dark; supported-color-schemes: light dark; }
.fact { background-color: #f5f7f9; border-radius: 8px; text-align: center; padding: 10px 2px; }
.code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 12px; overflow-wrap: anywhere; }
@media (max-width: 480px) {
td.side { padding-left: 18px !important; padding-right: 18px !important; }
.value { font-size: 17px !important; }
.title div { font-size: 22px !important; line-height: 28px !important; }
}
@media (prefers-color-scheme: dark) {
body, body > div { background-color: #101318 !important; }
.page, .page > table { background: #101318 !important; background-color: #101318 !important; }
.card, .card > table { background: #1a1f27 !important; background-color: #1a1f27 !important; }
.ink div, .ink table, .ink td, .ink p { color: #e9edf2 !important; }
.muted, .muted div, .muted td, .ink .muted { color: #9daab9 !important; }
.alarm, .alarm div, .ink .alarm { color: #ff9d94 !important; }
.good, .good div, .ink .good { color: #7fd6a0 !important; }
.line { border-color: #313946 !important; }
.ink .fact { background-color: #232a34 !important; }
.ink .score { background-color: #4a2320 !important; color: #ffb4ac !important; }
.sample, .sample > table { background: #3a3212 !important; background-color: #3a3212 !important; }
.sample div { color: #f1dd8a !important; }
.ink a { color: #8ab8ff !important; }
}
</style>
<meta name="color-scheme" content="light dark" />
<meta name="supported-color-schemes" content="light dark" />
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no" />
</head>
<body  style="word-spacing:normal;background-color:#f2f4f7;">
<div style="display:none;font-size:1px;color:#ffffff;line-height:1px;max-height:0px;max-width:0px;opacity:0;overflow:hidden;">{{preview}}</div>
<div
aria-label="{{subject}}" aria-roledescription="email" role="article" lang="en" dir="auto" style="word-spacing:normal;background-color:#f2f4f7;"
>
<!--[if mso | IE]><table align="center" border="0" cellpadding="0" cellspacing="0" class="page-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#f2f4f7" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="page" style="background:#f2f4f7;background-color:#f2f4f7;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#f2f4f7;background-color:#f2f4f7;width:100%;"
>
<tbody>
<tr>
<td
style="direction:ltr;font-size:0px;padding:12px 0;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:600px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
style="font-size:0px;word-break:break-word;"
>
<div
style="height:1px;line-height:1px;"
>&#8202;</div>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
{{#isSample}}
<!--[if mso | IE]><table align="center" border="0" cellpadding="0" cellspacing="0" class="sample-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#fdf3c4" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="sample" style="background:#fdf3c4;background-color:#fdf3c4;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#fdf3c4;background-color:#fdf3c4;width:100%;"
>
<tbody>
<tr>
<td
style="direction:ltr;font-size:0px;padding:0;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:600px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
align="left" class="side" style="font-size:0px;padding:12px 28px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:14px;line-height:21px;text-align:left;color:#5c4a00;"
>This is a sample. It was asked for with <strong>monitor alerts test</strong>; nothing happened.</div>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
{{/isSample}}{{#digest}}
<!--[if mso | IE]><table align="center" border="0" cellpadding="0" cellspacing="0" class="card-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#ffffff" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="card" style="background:#ffffff;background-color:#ffffff;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#ffffff;background-color:#ffffff;width:100%;"
>
<tbody>
<tr>
<td
style="direction:ltr;font-size:0px;padding:0;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:600px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
align="left" class="muted side" style="font-size:0px;padding:24px 28px 4px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;line-height:19px;text-align:left;color:#5b6675;"
>{{date}}</div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:0 28px 10px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:22px;font-weight:700;line-height:28px;text-align:left;color:#1c2430;"
>Where your brands stand</div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:0 28px;word-break:break-word;"
>
<table
cellpadding="0" cellspacing="0" width="100%" border="0" style="color:#1c2430;font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;line-height:22px;table-layout:fixed;width:100%;border:none;"
>
<tr class="muted" style="font-size:12px;line-height:18px;color:#5b6675">
<td class="muted" style="padding:0 0 4px">Brand</td>
<td class="muted" width="70" align="right" style="width:70px;padding:0 0 4px">{{window}}-day</td>
<td class="muted" width="70" align="right" style="width:70px;padding:0 0 4px">in a week</td>
<td class="muted" width="62" align="right" style="width:62px;padding:0 0 4px">posts</td>
</tr>
{{#brands}}<tr style="font-size:15px;line-height:21px">
<td class="line" style="padding:8px 0;border-top:1px solid #e3e7ec;overflow-wrap:anywhere"><span dir="auto">{{brand}}</span> <span class="muted" style="font-size:12px;color:#5b6675">{{day}}</span></td>
<td class="line" align="right" style="padding:8px 0;border-top:1px solid #e3e7ec;font-weight:700">{{now}}</td>
<td class="line" align="right" style="padding:8px 0;border-top:1px solid #e3e7ec">{{change}}</td>
<td class="line" align="right" style="padding:8px 0;border-top:1px solid #e3e7ec">{{posts}}</td>
</tr>{{/brands}}
</table>
</td>
</tr>
<tr>
<td
align="left" class="muted side" style="font-size:0px;padding:10px 28px 0;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;line-height:19px;text-align:left;color:#5b6675;"
>{{silent}}</div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:14px 28px 24px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:14px;line-height:21px;text-align:left;color:#1c2430;"
><span dir="auto">{{alertsLine}}</span></div>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><table align="center" border="0" cellpadding="0" cellspacing="0" class="page-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#f2f4f7" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="page" style="background:#f2f4f7;background-color:#f2f4f7;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#f2f4f7;background-color:#f2f4f7;width:100%;"
>
<tbody>
<tr>
<td
style="direction:ltr;font-size:0px;padding:6px 0;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:600px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
style="font-size:0px;word-break:break-word;"
>
<div
style="height:1px;line-height:1px;"
>&#8202;</div>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
{{/digest}}{{#summary}}
<!--[if mso | IE]><table align="center" border="0" cellpadding="0" cellspacing="0" class="card-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#ffffff" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="card" style="background:#ffffff;background-color:#ffffff;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#ffffff;background-color:#ffffff;width:100%;"
>
<tbody>
<tr>
<td
style="direction:ltr;font-size:0px;padding:0;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:600px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:22px 28px 6px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:20px;font-weight:700;line-height:26px;text-align:left;color:#1c2430;"
>{{heading}}</div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:0 28px 20px;word-break:break-word;"
>
<table
cellpadding="0" cellspacing="0" width="100%" border="0" style="color:#1c2430;font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;line-height:22px;table-layout:fixed;width:100%;border:none;"
>
{{#lines}}<tr style="font-size:15px;line-height:21px">
<td class="line" style="padding:7px 0;border-top:1px solid #e3e7ec;overflow-wrap:anywhere"><strong dir="auto">{{brand}}</strong>: <span class="{{tone}}" style="color:{{colour}}">{{title}}</span></td>
</tr>{{/lines}}
</table>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><table align="center" border="0" cellpadding="0" cellspacing="0" class="page-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#f2f4f7" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="page" style="background:#f2f4f7;background-color:#f2f4f7;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#f2f4f7;background-color:#f2f4f7;width:100%;"
>
<tbody>
<tr>
<td
style="direction:ltr;font-size:0px;padding:6px 0;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:600px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
style="font-size:0px;word-break:break-word;"
>
<div
style="height:1px;line-height:1px;"
>&#8202;</div>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
{{/summary}}{{#alerts}}
<!--[if mso | IE]><table align="center" border="0" cellpadding="0" cellspacing="0" class="card-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#ffffff" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="card" style="background:#ffffff;background-color:#ffffff;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#ffffff;background-color:#ffffff;width:100%;"
>
<tbody>
<tr>
<td
style="border-top:5px solid {{colour}};direction:ltr;font-size:0px;padding:0;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:600px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
align="left" class="muted side" style="font-size:0px;padding:20px 28px 6px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;line-height:19px;text-align:left;color:#5b6675;"
><strong dir="auto">{{brand}}</strong> &nbsp;·&nbsp; {{date}}</div>
</td>
</tr>
<tr>
<td
align="left" class="{{tone}} side title" style="font-size:0px;padding:0 28px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:26px;font-weight:700;line-height:32px;text-align:left;color:{{colour}};"
>{{title}}</div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:12px 28px 0;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:16px;line-height:24px;text-align:left;color:#1c2430;"
>{{lead}}</div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:8px 28px 0;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:16px;line-height:24px;text-align:left;color:#1c2430;"
>{{certainty}}</div>
</td>
</tr>
{{#hasOpinion}}
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:8px 28px 0;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:16px;line-height:24px;text-align:left;color:#1c2430;"
><strong>Second opinion.</strong> {{opinion}}</div>
</td>
</tr>
{{/hasOpinion}}{{#hasFacts}}
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:18px 28px 0;word-break:break-word;"
>
<table
cellpadding="0" cellspacing="0" width="100%" border="0" style="color:#1c2430;font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;line-height:22px;table-layout:fixed;width:100%;border:none;"
>
<tr>
{{#facts}}<td class="fact" width="25%" valign="top" style="padding:10px 2px;background-color:#f5f7f9;border-radius:8px;text-align:center;border-left:3px solid transparent;border-right:3px solid transparent;background-clip:padding-box">
<div class="muted" style="font-size:12px;line-height:16px;color:#5b6675">{{label}}</div>
<div class="value {{tone}}" style="font-size:22px;line-height:28px;font-weight:700;color:{{colour}}">{{value}}</div>
<div class="muted" style="font-size:12px;line-height:16px;color:#5b6675">{{note}}&nbsp;</div>
</td>{{/facts}}
</tr>
</table>
</td>
</tr>
{{/hasFacts}}{{#charts}}
<tr>
<td
align="center" class="side" style="font-size:0px;padding:18px 28px 0;word-break:break-word;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="border-collapse:collapse;border-spacing:0px;" class="mj-full-width-mobile"
>
<tbody>
<tr>
<td  style="width:544px;" class="mj-full-width-mobile">
<img
alt="{{alt}}" src="cid:{{cid}}" style="border:0;border-radius:8px;display:block;outline:none;text-decoration:none;height:auto;width:100%;font-size:13px;" width="544" height="auto"
/>
</td>
</tr>
</tbody>
</table>
</td>
</tr>
{{/charts}}{{#hasBasis}}
<tr>
<td
align="left" class="muted side" style="font-size:0px;padding:10px 28px 0;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;line-height:19px;text-align:left;color:#5b6675;"
>{{basis}}</div>
</td>
</tr>
{{/hasBasis}}{{#events}}
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:10px 28px 0;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:14px;line-height:21px;text-align:left;color:#1c2430;"
><strong>{{date}}</strong>: <span dir="auto">{{text}}</span></div>
</td>
</tr>
{{/events}}{{#hasQuotes}}
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:24px 28px 4px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:16px;font-weight:700;line-height:22px;text-align:left;color:#1c2430;"
>Posts that pulled it down</div>
</td>
</tr>
<tr>
<td
align="left" class="muted side" style="font-size:0px;padding:0 28px 4px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;line-height:19px;text-align:left;color:#5b6675;"
>{{quotesNote}}</div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:0 28px;word-break:break-word;"
>
<table
cellpadding="0" cellspacing="0" width="100%" border="0" style="color:#1c2430;font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;line-height:22px;table-layout:fixed;width:100%;border:none;"
>
{{#quotes}}<tr>
<td class="line" width="52" valign="top" style="width:52px;padding:12px 0;border-bottom:1px solid #e3e7ec"><span class="score" style="display:inline-block;padding:2px 7px;border-radius:6px;background-color:#fbe3e1;font-size:13px;line-height:18px;font-weight:700;color:#b3261e">{{score}}</span></td>
<td class="line" valign="top" style="padding:12px 0;border-bottom:1px solid #e3e7ec;word-break:break-word;overflow-wrap:anywhere"><div dir="auto" style="font-size:15px;line-height:22px">{{text}}</div><div class="muted" style="margin-top:2px;font-size:12px;line-height:16px;color:#5b6675">{{note}}</div></td>
</tr>{{/quotes}}
</table>
</td>
</tr>
{{/hasQuotes}}{{#hasTerms}}
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:24px 28px 4px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:16px;font-weight:700;line-height:22px;text-align:left;color:#1c2430;"
>Words that grew in negative posts</div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:0 28px;word-break:break-word;"
>
<table
cellpadding="0" cellspacing="0" width="100%" border="0" style="color:#1c2430;font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;line-height:22px;table-layout:fixed;width:100%;border:none;"
>
{{#terms}}<tr style="font-size:14px;line-height:20px">
<td width="38%" valign="top" style="padding:4px 8px 4px 0;overflow-wrap:anywhere"><strong dir="auto">{{term}}</strong></td>
<td valign="top" style="padding:4px 0">{{text}}</td>
</tr>{{/terms}}
</table>
</td>
</tr>
{{/hasTerms}}
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:24px 28px 4px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:16px;font-weight:700;line-height:22px;text-align:left;color:#1c2430;"
>What ends it</div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:0 28px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:14px;line-height:21px;text-align:left;color:#1c2430;"
>{{resolve}}</div>
</td>
</tr>
{{#page}}
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:10px 28px 0;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:14px;line-height:21px;text-align:left;color:#1c2430;"
><a href="{{url}}" style="color:#1b5fc1">Open the page of {{brand}}</a></div>
</td>
</tr>
{{/page}}
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:24px 28px 4px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:16px;font-weight:700;line-height:22px;text-align:left;color:#1c2430;"
>The rule, and how to silence it</div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:0 28px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:14px;line-height:21px;text-align:left;color:#1c2430;"
>{{rule}}</div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:6px 28px 0;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:14px;line-height:21px;text-align:left;color:#1c2430;"
><span class="code" style="font-family:Menlo,Consolas,monospace;font-size:12px;overflow-wrap:anywhere">{{silence}}</span></div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:8px 28px 24px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:14px;line-height:21px;text-align:left;color:#1c2430;"
>Was this alert useful? <span class="code" style="font-family:Menlo,Consolas,monospace;font-size:12px;overflow-wrap:anywhere">monitor alerts feedback {{number}} useful</span>, or <span class="code" style="font-family:Menlo,Consolas,monospace;font-size:12px">false</span></div>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><table align="center" border="0" cellpadding="0" cellspacing="0" class="page-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#f2f4f7" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="page" style="background:#f2f4f7;background-color:#f2f4f7;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#f2f4f7;background-color:#f2f4f7;width:100%;"
>
<tbody>
<tr>
<td
style="direction:ltr;font-size:0px;padding:6px 0;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:600px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
style="font-size:0px;word-break:break-word;"
>
<div
style="height:1px;line-height:1px;"
>&#8202;</div>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
{{/alerts}}{{#standing}}
<!--[if mso | IE]><table align="center" border="0" cellpadding="0" cellspacing="0" class="card-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#ffffff" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="card" style="background:#ffffff;background-color:#ffffff;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#ffffff;background-color:#ffffff;width:100%;"
>
<tbody>
<tr>
<td
style="direction:ltr;font-size:0px;padding:0;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:600px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:18px 28px 6px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:16px;font-weight:700;line-height:22px;text-align:left;color:#1c2430;"
>Told before, and still standing</div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:0 28px 14px;word-break:break-word;"
>
<table
cellpadding="0" cellspacing="0" width="100%" border="0" style="color:#1c2430;font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:13px;line-height:22px;table-layout:fixed;width:100%;border:none;"
>
{{#lines}}<tr style="font-size:14px;line-height:20px">
<td class="line" style="padding:7px 0;border-top:1px solid #e3e7ec;overflow-wrap:anywhere"><strong dir="auto">{{brand}}</strong>, {{text}}</td>
</tr>{{/lines}}
</table>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><table align="center" border="0" cellpadding="0" cellspacing="0" class="page-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#f2f4f7" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="page" style="background:#f2f4f7;background-color:#f2f4f7;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#f2f4f7;background-color:#f2f4f7;width:100%;"
>
<tbody>
<tr>
<td
style="direction:ltr;font-size:0px;padding:6px 0;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:600px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
style="font-size:0px;word-break:break-word;"
>
<div
style="height:1px;line-height:1px;"
>&#8202;</div>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
{{/standing}}
<!--[if mso | IE]><table align="center" border="0" cellpadding="0" cellspacing="0" class="card-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#ffffff" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="card" style="background:#ffffff;background-color:#ffffff;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#ffffff;background-color:#ffffff;width:100%;"
>
<tbody>
<tr>
<td
style="direction:ltr;font-size:0px;padding:0;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:600px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:18px 28px 2px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:16px;font-weight:700;line-height:22px;text-align:left;color:#1c2430;"
>Who gets this</div>
</td>
</tr>
<tr>
<td
align="left" class="ink side" style="font-size:0px;padding:0 28px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:14px;line-height:21px;text-align:left;color:#1c2430;"
><span style="overflow-wrap:anywhere">{{recipients}}</span></div>
</td>
</tr>
<tr>
<td
align="left" class="muted side" style="font-size:0px;padding:12px 28px 22px;word-break:break-word;"
>
<div
style="font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif;font-size:12px;line-height:18px;text-align:left;color:#5b6675;"
>{{scale}}</div>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><table align="center" border="0" cellpadding="0" cellspacing="0" class="page-outlook" role="presentation" style="width:600px;" width="600" bgcolor="#f2f4f7" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]-->
<div  class="page" style="background:#f2f4f7;background-color:#f2f4f7;margin:0px auto;max-width:600px;">
<table
align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#f2f4f7;background-color:#f2f4f7;width:100%;"
>
<tbody>
<tr>
<td
style="direction:ltr;font-size:0px;padding:12px 0;text-align:center;"
>
<!--[if mso | IE]><table role="presentation" border="0" cellpadding="0" cellspacing="0"><tr><td class="" style="vertical-align:top;width:600px;" ><![endif]-->
<div
class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"
>
<table
border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"
>
<tbody>
<tr>
<td
style="font-size:0px;word-break:break-word;"
>
<div
style="height:1px;line-height:1px;"
>&#8202;</div>
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</td>
</tr>
</tbody>
</table>
</div>
<!--[if mso | IE]></td></tr></table><![endif]-->
</div>
</body>
</html>
`;
