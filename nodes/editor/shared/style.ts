/** Room for our longer labels. Places and sizes only: colours are the theme's. */
const RULES = `
.mc-form .form-row > label, .mc-form .mc-group-label { display: inline-block; width: 160px; vertical-align: top; padding-top: 6px; box-sizing: border-box; }
.mc-form .form-row > label i, .mc-form .mc-group-label i { width: 16px; text-align: center; }
.mc-form .form-row > input[type=text], .mc-form .form-row > input[type=password], .mc-form .form-row > textarea { width: calc(100% - 165px); box-sizing: border-box; }
.mc-form .form-row > select { width: calc(100% - 201px); box-sizing: border-box; }
.mc-form .form-row > input[type=text].mc-variable { width: calc(100% - 201px); }
.mc-form .form-row > input[type=checkbox] { width: auto; margin: 8px 8px 0 0; vertical-align: top; }
.mc-form .form-row > textarea { min-height: 110px; font-family: monospace; resize: vertical; white-space: pre; }
.mc-form .mc-variable-switch { margin-left: 6px; min-width: 30px; vertical-align: middle; }
.mc-form .mc-ticks { display: inline-block; width: calc(100% - 201px); vertical-align: top; }
.mc-form .mc-ticks input { width: auto; margin: 0 6px 0 0; vertical-align: middle; }
.mc-form .mc-ticks label { display: inline; width: auto; }
.mc-form .mc-section { margin: 18px 0 10px; padding-top: 10px; border-top: 1px solid var(--red-ui-secondary-border-color); font-weight: bold; }
.mc-form .mc-explain { margin: -6px 0 12px 165px; font-size: 0.9em; opacity: 0.8; }
.mc-form .form-tips { margin-bottom: 12px; max-width: none; }
`;

/** Adds our rules to the page once, whichever node type comes first. */
export function addStyle(): void {
  if ($('#mc-editor-style').length === 0) $('<style id="mc-editor-style">').text(RULES).appendTo('head');
}
