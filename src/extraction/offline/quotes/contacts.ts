const email = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,4}/u;
const phone = /(?<![\p{N}-])\+\d[\d ().-]{7,18}\d(?![\p{N}])/u;
const nameWord = "\\p{Lu}[\\p{L}'’-]+";
/** "My name is" in the languages that many customers write in. */
const introduction = new RegExp(
  `(?:^|[\\s,.!¡])(?:[Mm]ein Name ist|[Ii]ch hei(?:ß|ss)e|[Mm]e llamo|[Mm]i nombre es|[Jj]e m['’]appelle|[Mm]on nom est|[Mm]i chiamo|[Mm]eu nome é|[Mm]e chamo|[Mm]ijn naam is|[Ii]k heet|[Mm]itt namn är|[Jj]ag heter|[Mm]it navn er|[Jj]eg hedder|[Mm]itt navn er|[Jj]eg heter|[Mm]eno on|[Aa]dım|[Мм]еня зовут) (${nameWord}(?: ${nameWord}){0,3})`,
  'u',
);
const unspacedIntroduction = /(?:我叫|我的名字是|我是叫)([\p{Script=Han}]{2,4})(?=[，,。.！!\s]|$)/u;

/** Details of a person that have the same shape in any language, as "email: ines@example.com". */
export function contactsIn(text: string): string[] {
  const name = introduction.exec(text)?.[1] ?? unspacedIntroduction.exec(text)?.[1];
  const found = { name, email: email.exec(text)?.[0], 'phone number': phone.exec(text)?.[0] };
  return Object.entries(found).flatMap(([label, value]) =>
    value === undefined ? [] : [`${label}: ${value}`],
  );
}
