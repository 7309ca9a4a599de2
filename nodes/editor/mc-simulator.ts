import { number } from './shared/properties';
import { registerPaletteNode } from './shared/register-node';

registerPaletteNode('mc-simulator', {
  family: 'simulator', input: null, outputs: ['event'],
  properties: {
    httpPort: number('18700', 0, 65_535),
    modbusPort: number('18502', 0, 65_535),
    credits: number('5', 0, 1_000_000),
    doors: number('2', 1, 8),
  },
  prepare: (dialog) => {
    const link = dialog.form().find('a.mc-page');
    const show = (): void => {
      const port = dialog.value('httpPort');
      const known = /^\d{1,5}$/.test(port) && port !== '0';
      link.attr('href', known ? `http://127.0.0.1:${port}/` : null).text(known ? `http://127.0.0.1:${port}/` : '').parent().toggle(known);
    };
    dialog.form().on('change keyup', 'input', show);
    show();
  },
});
