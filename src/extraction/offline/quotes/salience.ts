import { detectLanguage, isStopWord, type Language, splitWords } from '../../../memory/index.ts';

/** Greetings, thanks and bare answers of the languages that many customers write in. */
const courtesies = new Set(
  (
    'hola buenos buenas días tardes noches gracias muchas favor adiós sí saludos perfecto vale ' +
    'hallo guten tag morgen abend danke dank vielen bitte ja nein tschüss grüße freundlichen gut okay ok ' +
    'bonjour bonsoir salut merci beaucoup plaît oui non revoir cordialement ' +
    'olá oi bom boa dia tarde noite obrigado obrigada sim não ' +
    'ciao buongiorno buonasera grazie mille prego sì arrivederci ' +
    'goedemorgen goedemiddag bedankt alsjeblieft nee hej hei tack tak takk merhaba teşekkürler evet hayır ' +
    'здравствуйте привет спасибо пожалуйста да нет добрый день ' +
    'مرحبا أهلا السلام عليكم شكرا شكرًا نعم لا من فضلك نعم नमस्ते धन्यवाद ' +
    '你好 您好 谢谢 谢谢你 谢谢您 多谢 好的 好 是的 不是 再见 请 请问 谢 您 你 ' +
    'こんにちは ありがとう ありがとうございます はい いいえ お願いします よろしくお願いします ' +
    '안녕하세요 감사합니다 고맙습니다 네 아니요 hello hi thanks bye'
  ).split(' '),
);
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
/** Letters of scripts without spaces that make about a word. */
const lettersPerWord = 2;

/** The language of what somebody wrote; `other` for scripts whose languages are not told apart. */
export function languageOf(text: string): Language | 'other' {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  return latin * 2 < letters ? 'other' : detectLanguage(splitWords(text));
}

/** How much a sentence says, in any language: its figures, and its words that are neither common nor courteous. */
export function salienceOf(sentence: string, language: Language | 'other'): number {
  const figures = sentence.match(/\p{N}+/gu)?.length ?? 0;
  return 2 * figures + Math.floor(contentWords(sentence, language));
}

function contentWords(sentence: string, language: Language | 'other'): number {
  const words = sentence.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
  return words
    .filter((word) => !courtesies.has(word) && !(language !== 'other' && isStopWord(word, language)))
    .reduce(
      (sum, word) => sum + (unspaced.test(word) ? withoutCourtesies(word).length / lettersPerWord : 1),
      0,
    );
}

/** Scripts without spaces run a greeting and what follows together. */
function withoutCourtesies(run: string): string {
  return [...courtesies]
    .filter((courtesy) => courtesy.length > 1 && unspaced.test(courtesy))
    .reduce((rest, courtesy) => rest.replaceAll(courtesy, ''), run);
}
