/// The look of reports: light or dark as the reader prefers, on narrow and wide screens and on paper.
enum StyleSheet {
  /// The colours of inks.
  static let inks = Markup.style(
    """
    :root{color-scheme:light dark;--paper:#fff;--panel:#fff;--text:#1b1f24;--dim:#57606a;--grid:#d8dee4;--empty:#eef1f4;--shade:#1b1f2455;
    --series0:#0063a6;--series1:#b85000;--series2:#7a3e9d;--series3:#00795c;--series4:#9a2b2b;--series5:#4b5563;
    --oracle:#8a6d00;--bayesOptimal:#00795c;--random:#6e7781;--blind:#8c564b;--other:#a1457d;--good:#00795c;--bad:#b42318}
    @media (prefers-color-scheme:dark){:root{--paper:#12161c;--panel:#1a2029;--text:#e8ecf2;--dim:#a3afbf;--grid:#39424e;
    --empty:#242c37;--shade:#e8ecf255;--series0:#56b4e9;--series1:#f5a623;--series2:#c79be8;--series3:#35c79b;--series4:#f08a7a;
    --series5:#c2cad4;--oracle:#f0e442;--bayesOptimal:#35c79b;--random:#8a96a6;--blind:#c49c94;--other:#db8fbb;--good:#35c79b;
    --bad:#ff8a7a}}
    @media print{:root{--paper:#fff;--panel:#fff;--text:#1b1f24;--dim:#57606a;--grid:#d8dee4;--empty:#eef1f4;--shade:#1b1f2455;
    --series0:#0063a6;--series1:#b85000;--series2:#7a3e9d;--series3:#00795c;--series4:#9a2b2b;--series5:#4b5563;
    --oracle:#8a6d00;--bayesOptimal:#00795c;--random:#6e7781;--blind:#8c564b;--other:#a1457d;--good:#00795c;--bad:#b42318}}
    svg{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    .paper{fill:var(--paper)}
    .line{fill:none;stroke:var(--ink);stroke-linejoin:round;stroke-linecap:round}
    .fill{fill:var(--ink)}
    .band{fill:var(--ink);fill-opacity:.18}
    .ink-text{--ink:var(--text)}.ink-dim{--ink:var(--dim)}.ink-grid{--ink:var(--grid)}.ink-empty{--ink:var(--empty)}
    .ink-series0{--ink:var(--series0)}.ink-series1{--ink:var(--series1)}.ink-series2{--ink:var(--series2)}
    .ink-series3{--ink:var(--series3)}.ink-series4{--ink:var(--series4)}.ink-series5{--ink:var(--series5)}
    .ink-oracle{--ink:var(--oracle)}.ink-bayesOptimal{--ink:var(--bayesOptimal)}.ink-random{--ink:var(--random)}
    .ink-blind{--ink:var(--blind)}.ink-other{--ink:var(--other)}
    """)

  /// The layout of pages.
  static let page = Markup.style(
    """
    *{box-sizing:border-box}
    body{margin:0;background:var(--paper);color:var(--text);line-height:1.5;
    font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    main,header{max-width:1320px;margin:0 auto;padding:0 clamp(12px,3vw,32px)}
    header{padding-top:clamp(16px,4vw,40px)}
    h1{font-size:clamp(1.5rem,4vw,2.1rem);line-height:1.2;margin:0 0 .3em}
    h2{font-size:1.35rem;margin:2em 0 .5em;border-bottom:2px solid var(--grid);padding-bottom:.25em}
    h3{font-size:1.05rem;margin:1.6em 0 .4em}
    h1,h2,h3,p,.words td,figcaption{overflow-wrap:anywhere}
    p{max-width:75ch;margin:.4em 0}
    .dim,figcaption{color:var(--dim)}
    .good{color:var(--good)}.bad{color:var(--bad)}
    .good,.bad,.unclear{font-weight:600}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:16px}
    figure{margin:0;padding:12px;border:1px solid var(--grid);border-radius:8px;background:var(--panel);max-width:680px;
    min-width:0;break-inside:avoid}
    figure svg{display:block;width:100%;height:auto}
    figcaption{font-size:.875rem;margin-top:6px}
    figure h3{margin:0 0 6px}
    .scroll{overflow-x:auto;max-width:100%;width:fit-content;background:
    linear-gradient(to right,var(--paper) 12px,transparent) left/44px 100% no-repeat local,
    linear-gradient(to left,var(--paper) 12px,transparent) right/44px 100% no-repeat local,
    linear-gradient(to right,var(--shade),transparent) left/16px 100% no-repeat scroll,
    linear-gradient(to left,var(--shade),transparent) right/16px 100% no-repeat scroll}
    table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.925rem}
    th,td{text-align:right;padding:4px 10px;white-space:nowrap;border-bottom:1px solid var(--grid);vertical-align:top}
    th:first-child,td:first-child,.words td,.words th{text-align:left}
    th:first-child,td:first-child{white-space:normal;min-width:9em;max-width:26em;overflow-wrap:anywhere}
    th{color:var(--dim);font-weight:600}
    td:first-child,th:first-child{padding-left:0}
    .words td,.words th{white-space:normal}.words td:nth-child(2){white-space:nowrap}
    .words td:last-child{min-width:16em}.words td div+div{margin-top:2px}
    .settings td,.settings th{text-align:left}
    .own td{font-weight:600}
    code,pre{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,monospace;font-size:.875rem}
    pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.4em 0}
    details{margin:.6em 0}summary{cursor:pointer}
    footer{max-width:1320px;margin:3em auto 2em;padding:0 clamp(12px,3vw,32px);color:var(--dim);font-size:.875rem}
    @media (max-width:520px){th,td{padding:4px 7px;font-size:.85rem}.words td:last-child{min-width:0}
    .words tr{display:block;border-bottom:1px solid var(--grid);padding:6px 0}
    .words td,.words th{display:block;border:0;padding:1px 0}}
    @media print{body{font-size:10.5pt}h2,h3{break-after:avoid}.scroll{overflow:visible;background:none}
    details::details-content{display:block;content-visibility:visible}.figures{grid-template-columns:1fr 1fr}figure{border-color:#bbb}}
    """)
}
