/** Places and sizes; colours are the theme's. */
export const RULES_STYLE = `
.mc-form .mc-rules-tabs { margin: 14px 0 8px; }
.mc-form .mc-rules-text { width: 100%; box-sizing: border-box; min-height: 320px; font-family: monospace; white-space: pre; resize: vertical; }
.mc-form .mc-rules-part { border: 1px solid var(--red-ui-secondary-border-color); border-radius: 4px; margin-bottom: 6px; }
.mc-form .mc-rules-part > summary { cursor: pointer; padding: 7px 10px; font-weight: bold; }
.mc-form .mc-rules-part > summary i { width: 18px; text-align: center; }
.mc-form .mc-rules-part[open] { padding: 0 10px 10px; }
.mc-form .mc-rules-part[open] > summary { margin: 0 -10px; }
.mc-form .mc-rules-part.mc-rules-wrong > summary { color: var(--red-ui-text-color-error); }
.mc-form .mc-rules-count, .mc-form .mc-rules-about, .mc-form .mc-rules-more { opacity: 0.8; font-weight: normal; }
.mc-form .mc-rules-about { margin: 0 0 8px; font-size: 0.9em; }
.mc-form .mc-rules-part .red-ui-editableList-container { min-height: 0; padding: 0; }
.mc-form .mc-rules-part .red-ui-editableList-container li { padding: 6px 8px; }
.mc-form .mc-rules-part .red-ui-editableList-container li > .red-ui-editableList-item-content { margin-right: 26px; }
.mc-form .mc-rules-part .red-ui-editableList-container li > .red-ui-editableList-item-remove { top: 23px; right: 6px; }
.mc-form .mc-rules-part .red-ui-editableList-container:has(> ol:empty) { display: none; }
.mc-form .mc-rules-find { width: 100%; box-sizing: border-box; margin-bottom: 6px; }
.mc-form .mc-rules-head, .mc-form .mc-rules-row { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; }
.mc-form .mc-rules-head label { width: auto; margin: 0; }
.mc-form .mc-rules-head input[type=text] { flex: 1 1 120px; width: 0; margin: 0; font-weight: bold; }
.mc-form .mc-rules-head .mc-rules-number { flex: 1; }
.mc-form .mc-rules-head .mc-rules-number.mc-rules-wrong { color: var(--red-ui-text-color-error); }
.mc-form .mc-rules-head:has(.mc-rules-wrong) .mc-rules-fold { color: var(--red-ui-text-color-error); border-color: currentcolor; }
.mc-form .mc-rules-fold { width: 26px; min-width: 26px; }
.mc-form .mc-rules-alert { flex: 1 0 100%; color: var(--red-ui-text-color-error); }
.mc-form .mc-rules-alert:empty { display: none; }
.mc-form .mc-rules-body { margin: 10px 0 2px 8px; }
.mc-form .mc-rules-body .form-row { margin-bottom: 6px; }
.mc-form .mc-rules-body .form-row > label { width: 150px; }
.mc-form .mc-rules-body .form-row > input[type=text], .mc-form .mc-rules-body .form-row > select { width: calc(100% - 155px); }
.mc-form .mc-rules-inner { margin: 0 0 8px 12px; padding-left: 8px; border-left: 2px solid var(--red-ui-secondary-border-color); }
.mc-form .mc-rules-inner .form-row > label { width: 130px; }
.mc-form .mc-rules-inner .form-row > input[type=text], .mc-form .mc-rules-inner .form-row > select { width: calc(100% - 135px); }
.mc-form .mc-rules-rows { margin-bottom: 10px; }
.mc-form .mc-rules-rows-label { margin-bottom: 4px; }
.mc-form .mc-rules-row input[type=text], .mc-form .mc-rules-row select { flex: 1 1 110px; width: 0; min-width: 90px; margin: 0; }
.mc-form .mc-rules-row .mc-rules-cell { flex: 1 1 110px; display: flex; }
.mc-form .mc-rules-row.mc-rules-wrong input { border-color: var(--red-ui-form-input-border-error-color); }
.mc-form .mc-rules-problems { position: sticky; bottom: 0; margin-top: 10px; padding: 6px 8px; max-height: 150px; overflow-y: auto;
  background: var(--red-ui-form-background, var(--red-ui-secondary-background)); border-top: 1px solid var(--red-ui-secondary-border-color); }
.mc-form .mc-rules-problems.mc-rules-wrong .mc-rules-problems-heading { color: var(--red-ui-text-color-error); font-weight: bold; }
.mc-form .mc-rules-problems ul { list-style: none; margin: 0; }
.mc-form .mc-rules-problems button { border: 0; padding: 2px 0; background: none; color: inherit; text-align: left; cursor: pointer; overflow-wrap: anywhere; }
.mc-form .mc-rules-problems button:hover { text-decoration: underline; }
`;
