import { describe, expect, it } from 'vitest';
import { MemoryIndex, toDocument } from '../search/index.ts';
import { toQuery } from './query.ts';
import { scoreMemories } from './scoring.ts';

/** For each language what is remembered of a customer, and a question for each memory in words of another form. */
const languages: Readonly<Record<string, readonly (readonly [memory: string, question: string])[]>> = {
  German: [
    ['Der Kunde bevorzugt Lieferungen am frühen Abend.', 'Wann soll die Lieferung kommen?'],
    ['Er hat zwei Paar blaue Schuhe in Größe 43 bestellt.', 'Welche Schuhgröße und welcher blaue Schuh?'],
    ['Die Rechnung vom März wurde doppelt abgebucht.', 'Gab es Probleme mit Rechnungen?'],
    ['Sie ist nach Hamburg umgezogen und hat eine neue Adresse.', 'Wohin ist die Kundin umgezogen?'],
    ['Der Hund verträgt kein Getreide im Futter.', 'Was vertragen die Hunde nicht?'],
    ['Er möchte seinen Vertrag zum Jahresende kündigen.', 'Soll der Vertrag gekündigt werden?'],
    ['Die Waschmaschine verliert beim Schleudern Wasser.', 'Was ist mit den Waschmaschinen?'],
    ['Ihr Sohn feiert am Samstag Geburtstag.', 'Wessen Geburtstage stehen an?'],
    ['Der Techniker kommt nur vormittags in Frage.', 'Wann dürfen die Techniker kommen?'],
    ['Sie zahlt lieber per Überweisung als mit Karte.', 'Wie bezahlt sie, mit Überweisungen?'],
  ],
  Spanish: [
    ['La clienta prefiere recibir los paquetes por la tarde.', '¿Cuándo prefiere recibir el paquete?'],
    ['Pidió dos camisas verdes de talla grande.', '¿De qué talla era la camisa verde?'],
    ['Le cobraron dos veces la factura de abril.', '¿Hubo problemas con las facturas?'],
    ['Se mudó a Valencia con su familia.', '¿A qué ciudad se mudaron?'],
    ['Es alérgico a los cacahuetes.', '¿Tiene alguna alergia al cacahuete?'],
    ['Quiere cancelar su suscripción a fin de mes.', '¿Quería cancelar las suscripciones?'],
    ['La lavadora hace mucho ruido al centrifugar.', '¿Qué ruidos hacen las lavadoras?'],
    ['Su hija empieza la universidad en septiembre.', '¿Qué estudian sus hijas en la universidad?'],
    ['El técnico solo puede venir por la mañana.', '¿Cuándo pueden venir los técnicos?'],
    ['Prefiere pagar con transferencia bancaria.', '¿Acepta transferencias para el pago bancario?'],
  ],
  French: [
    [
      'La cliente préfère être livrée en fin de journée.',
      'Quand préfère-t-elle les livraisons, en fin de journée ?',
    ],
    ['Il a commandé deux chemises blanches en taille moyenne.', 'Quelle taille pour la chemise blanche ?'],
    ['La facture de mars a été prélevée deux fois.', 'Y a-t-il eu un souci avec les factures ?'],
    ['Elle a déménagé à Lyon au printemps.', 'Où a-t-elle déménagé, et quand déménager ?'],
    ['Son fils est allergique aux arachides.', 'Qui a des allergies aux arachides ?'],
    ['Il souhaite résilier son abonnement.', 'Veut-il garder les abonnements ?'],
    ['Le réfrigérateur ne refroidit plus.', 'Que se passe-t-il avec les réfrigérateurs ?'],
    ['Elle voyage souvent en train vers Bruxelles.', 'Quels voyages fait-elle en trains ?'],
    ['Le technicien doit appeler avant de passer.', 'Les techniciens doivent-ils appeler ?'],
    ['Il paie toujours par virement.', 'Comment paye-t-il, par virements ?'],
  ],
  Chinese: [
    ['客户希望晚上七点以后送货。', '什么时候送货比较好？'],
    ['她订购了两双蓝色运动鞋，尺码四十三。', '运动鞋的尺码是多少？'],
    ['三月份的账单被重复扣款。', '账单有什么问题？'],
    ['他最近搬到了上海浦东。', '客户搬到哪里了？'],
    ['孩子对花生过敏。', '谁对花生过敏？'],
    ['他想在年底取消会员。', '会员要取消吗？'],
    ['洗衣机脱水时漏水。', '洗衣机怎么了？'],
    ['她的女儿九月上大学。', '女儿什么时候上大学？'],
    ['维修师傅只能上午来。', '维修师傅什么时候能来？'],
    ['客户更喜欢用支付宝付款。', '用什么方式付款？'],
  ],
  Arabic: [
    ['العميل يفضل استلام الطلبات في المساء.', 'متى يفضل استلام الطلب؟'],
    ['اشترت حذاءين أزرقين مقاس ثلاثة وأربعين.', 'ما هو المقاس الأزرق؟'],
    ['تم خصم فاتورة شهر مارس مرتين.', 'هل توجد مشكلة في الفواتير أو الفاتورة؟'],
    ['انتقلت العائلة إلى مدينة دبي.', 'إلى أي مدينة انتقلوا مع العائلة؟'],
    ['ابنه لديه حساسية من الفول السوداني.', 'من لديه حساسية من السوداني؟'],
    ['يريد إلغاء الاشتراك في نهاية السنة.', 'هل يريد إلغاء اشتراكه؟'],
    ['الغسالة تسرب الماء أثناء التشغيل.', 'ما مشكلة الغسالة والماء؟'],
    ['ابنتها تبدأ الجامعة في سبتمبر.', 'متى تبدأ الجامعة؟'],
    ['الفني يستطيع الحضور صباحا فقط.', 'متى يحضر الفني في الصباح؟'],
    ['تفضل الدفع بالتحويل البنكي.', 'كيف تفضل الدفع والتحويل؟'],
  ],
  Russian: [
    ['Клиент просит доставлять заказы вечером.', 'Когда доставить заказ?'],
    ['Она купила синие кроссовки сорок третьего размера.', 'Какой размер кроссовок?'],
    ['Счёт за март списали дважды.', 'Что случилось со счетом за март?'],
    ['Он переехал в Казань.', 'В какую Казань переехали?'],
    ['У сына аллергия на арахис.', 'У кого аллергии на арахис?'],
  ],
  Japanese: [
    ['お客様は夜七時以降の配達を希望しています。', '配達はいつがいいですか？'],
    ['青いスニーカーを二足注文しました。', 'スニーカーの注文は何足ですか？'],
    ['三月の請求書が二重に引き落とされました。', '請求書の問題は何ですか？'],
    ['最近、大阪に引っ越しました。', 'どこに引っ越しましたか？'],
    ['息子さんはピーナッツアレルギーです。', 'ピーナッツのアレルギーは誰ですか？'],
  ],
  Turkish: [
    ['Müşteri teslimatın akşam yapılmasını istiyor.', 'Teslimatlar ne zaman yapılsın?'],
    ['İki çift mavi ayakkabı sipariş etti.', 'Mavi ayakkabılar kaç çift?'],
    ['Mart faturası iki kez tahsil edildi.', 'Faturalarda ne sorun var?'],
    ['Ailesiyle İzmir şehrine taşındı.', 'Hangi şehre taşındılar?'],
    ['Oğlunun fıstığa alerjisi var.', 'Kimin alerjileri var?'],
  ],
};

function rightAmong(first: number, pairs: readonly (readonly [string, string])[]): number {
  const index = new MemoryIndex();
  for (const [at, [text]] of pairs.entries()) {
    index.put(toDocument({ id: `m${at}`, text, occurredAt: at, createdAt: at, conversationIds: [`c${at}`] }));
  }
  const right = pairs.filter(([, question], at) =>
    scoreMemories(index, toQuery(question, undefined))
      .slice(0, first)
      .some(({ id }) => id === `m${at}`),
  );
  return right.length / pairs.length;
}

describe('Recall in other languages', () => {
  it.each(Object.entries(languages))('finds what was asked for in %s', (_, pairs) => {
    expect(rightAmong(1, pairs)).toBeGreaterThanOrEqual(0.8);
  });

  it('finds a memory in one of several languages that a profile holds', () => {
    const all = Object.values(languages).flat();
    expect(rightAmong(3, all)).toBeGreaterThanOrEqual(0.85);
  });
});
