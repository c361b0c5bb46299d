"""How mail programs say "here begins an older message", in the languages of our offices and of those they write to.

Words only; `reply.py` says where they must stand. All in lower case. Add a language by adding its words: a line counts
only together with others (a date, an address, a `>`), so a word too many does little harm, and one that is missing
shows a quote that could be hidden.
"""

import re

WROTE = (
    "wrote", "writes", "schrieb", "geschrieben", "a écrit", "ha scritto", "escribió", "escribio", "va escriure",
    "escreveu", "schreef", "geschreven", "napisał", "napisała", "napisał(a)", "pisze", "napsal", "napsala",
    "napsal(a)", "napísal", "napísala", "skrev", "kirjoitti", "írta", "a scris", "написал", "написала", "написав",
    "пишет", "писал", "yazdı", "έγραψε", "je napisao", "je napisala", "je napisal", "je napisal/a", "kirjutas",
    "rašė", "rakstīja", "đã viết", "menulis", "寫道", "写道", "のメール", "書きました", "님이 작성", "كتب",
)  # fmt: skip

# How an attribution begins, where it does not begin with a date or a name.
BEGINS = (
    "on", "am", "le", "el", "il", "op", "em", "a", "den", "dnia", "w dniu", "dne", "dňa", "pe", "la", "în", "at",
    "vào", "pada", "u", "dana", "em dom", "on den", "il giorno", "le lun", "el dia", "el día", "у", "в", "στις",
    "pada tanggal", "kl",
)  # fmt: skip

FROM = (
    "from", "von", "de", "da", "van", "od", "fra", "från", "lähettäjä", "feladó", "от", "от кого", "від", "de la",
    "kimden", "gönderen", "expéditeur", "remitente", "mittente", "afzender", "absender", "nadawca", "odesílatel",
    "αποστολέας", "差出人", "发件人", "寄件者", "보낸 사람",
)  # fmt: skip
SENT = (
    "sent", "date", "gesendet", "datum", "envoyé", "envoyé le", "enviado", "enviado el", "fecha", "inviato", "data",
    "verzonden", "wysłano", "wysłane", "sendt", "dato", "skickat", "lähetetty", "päivämäärä", "odesláno",
    "elküldve", "dátum", "отправлено", "дата", "надіслано", "trimis", "enviada", "enviada em", "enviado em",
    "gönderildi", "tarih", "送信日時", "日付", "发送时间", "日期", "寄件日期", "보낸 날짜", "날짜",
    "ημερομηνία", "date d'envoi", "dato og tid",
)  # fmt: skip
TO = (
    "to", "an", "à", "a", "para", "aan", "do", "til", "till", "vastaanottaja", "komu", "címzett", "кому", "către",
    "kime", "alıcı", "pour", "destinatario", "destinataire", "empfänger", "宛先", "收件人", "收件者", "받는 사람",
    "προς",
)  # fmt: skip
COPY = ("cc", "bcc", "kopie", "copie", "cópia", "kopia", "kopi", "dw", "копия", "ccn", "cci", "抄送", "副本", "참조")
SUBJECT = (
    "subject", "betreff", "objet", "asunto", "oggetto", "onderwerp", "assunto", "temat", "emne", "ämne", "aihe",
    "předmět", "tárgy", "тема", "subiect", "konu", "件名", "主题", "主旨", "제목", "θέμα", "sujet",
)  # fmt: skip

ORIGINAL = (
    "original message", "original-nachricht", "originalnachricht", "ursprüngliche nachricht",
    "ursprüngliche e-mail", "urspr. nachricht", "message d'origine", "message original", "message d’origine",
    "mensaje original", "messaggio originale", "mensagem original", "oorspronkelijk bericht",
    "oprindelig meddelelse", "ursprungligt meddelande", "originalmeddelande", "opprinnelig melding",
    "alkuperäinen viesti", "wiadomość oryginalna", "oryginalna wiadomość", "původní zpráva", "původní e-mail",
    "pôvodná správa", "eredeti üzenet", "mesaj original", "исходное сообщение", "оригинальное сообщение",
    "orijinal ileti", "orijinal mesaj", "original e-mail", "original email", "reply message", "原始邮件", "原始郵件",
    "元のメッセージ", "원본 메시지", "reply above this line", "please reply above this line",
    "bitte oberhalb dieser zeile antworten",
)  # fmt: skip

# What is passed on is what the mail is about: never put away.
FORWARDED = (
    "forwarded message", "begin forwarded message", "forwarded by", "weitergeleitete nachricht",
    "anfang der weitergeleiteten", "message transféré", "début du message transféré", "début du message réexpédié",
    "mensaje reenviado", "inicio del mensaje reenviado", "messaggio inoltrato", "inizio messaggio inoltrato",
    "inizio del messaggio inoltrato", "doorgestuurd bericht", "begin doorgestuurd bericht", "mensagem encaminhada",
    "início da mensagem", "mensagem reencaminhada", "wiadomość przekazana", "początek przekazywanej",
    "przekazana wiadomość", "videresendt meddelelse", "videresendt besked", "vidarebefordrat meddelande",
    "vidarebefordrat brev", "videresendt melding", "välitetty viesti", "přeposlaná zpráva", "továbbított üzenet",
    "továbbított levél", "mesaj redirecționat", "пересылаемое сообщение", "пересланное сообщение",
    "iletilmiş mesaj", "转发的邮件", "転送メッセージ",
)  # fmt: skip
FORWARD_SUBJECT = re.compile(
    r"^\s*(?:fwd?|wg|wtr|tr|rv|enc|i|doorst|vs|vl|vb|pd|fs|továbbítás|trs|ilt|转发|轉寄|πρθ)\s*:", re.IGNORECASE
)

# The line with which a program or a telephone ends what somebody wrote; `{}` is a device or a program.
FOOTERS = (
    "sent from my {}", "sent from {}", "sent via {}", "sent with {}", "sent using {}", "get outlook for {}",
    "von meinem {} gesendet", "gesendet von {}", "gesendet mit {}", "diese nachricht wurde von meinem {} gesendet",
    "outlook für {} beziehen", "holen sie sich outlook für {}", "envoyé de {}", "envoyé depuis {}",
    "envoyé à partir de {}", "télécharger outlook pour {}", "obtenez outlook pour {}", "enviado desde {}",
    "obtener outlook para {}", "obtén outlook para {}", "inviato da {}", "inviato dal {}", "ottieni outlook per {}",
    "scarica outlook per {}", "verstuurd vanaf {}", "verzonden vanaf {}", "verzonden vanuit {}",
    "outlook voor {} downloaden", "enviado do {}", "enviado de {}", "enviado a partir {}",
    "obter o outlook para {}", "wysłane z {}", "wysłano z {}", "pobierz outlooka dla {}",
    "pobierz program outlook dla {}", "sendt fra {}", "skickat från {}", "hent outlook til {}",
    "hämta outlook för {}", "lähetetty {}", "odesláno z {}", "küldve {}", "отправлено с {}", "отправлено из {}",
)  # fmt: skip
