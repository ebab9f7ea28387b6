package coterie.jobs.text;

import java.util.List;

/** Many short items on as few lines as they fit on, none of them broken. */
public final class ItemLines {

  private static final int WIDTH = 100;
  private static final String BETWEEN = " \u00b7 ";

  private ItemLines() {}

  /**
   * A paragraph of lines of at most 100 characters, each ended.
   *
   * @param head before the first item; later lines are indented as far
   */
  public static String of(String head, List<String> items) {
    var text = new StringBuilder(head);
    int width = head.length();
    boolean first = true;
    for (String item : items) {
      if (!first && width + BETWEEN.length() + item.length() > WIDTH) {
        text.append('\n').append(" ".repeat(head.length()));
        width = head.length();
        first = true;
      }
      text.append(first ? "" : BETWEEN).append(item);
      width += (first ? 0 : BETWEEN.length()) + item.length();
      first = false;
    }
    return text.append('\n').toString();
  }
}
