# Whether feeds are valid RSS 2.0, by Ruby's own library, which knows nothing of ours: which elements stand where, how often,
# and with which values. Unknown ones are errors. Usage: ruby tests/feed_valid.rb FILE.xml…
require "rexml/document"
require "rss"
require "rss/content"
require "rss/dublincore"
require "time"
require "uri"

ATOM = "http://www.w3.org/2005/Atom"

# The library does not know Atom in RSS: looked at here (RSS Advisory Board, Best Practices Profile), and taken out.
def without_atom(text)
  document = REXML::Document.new(text)
  document.root.each_element("channel/*") do |element|
    next unless element.namespace == ATOM
    raise "<#{element.expanded_name}> in the channel" unless element.name == "link"
    raise "a link without rel=self and type" unless [element.attributes["rel"], element.attributes["type"]] == ["self", "application/rss+xml"]
    raise "a self link that is no URL" unless URI(element.attributes["href"]).is_a?(URI::HTTP)
    element.remove
  end
  document.to_s
end

# What the library lets pass.
def strict(text)
  document = REXML::Document.new(text)
  guids = document.get_elements("//item/guid").map(&:text)
  raise "a guid stands twice" unless guids.uniq.size == guids.size
  document.each_element("//pubDate|//lastBuildDate") { |date| Time.rfc2822(date.text) }
  document.each_element("//item/link|//channel/link") { |link| raise "no URL: #{link.text}" unless URI(link.text).absolute? }
end

abort "usage: ruby tests/feed_valid.rb FILE.xml…" if ARGV.empty?
wrong = ARGV.reject do |file|
  text = File.read(file, encoding: "UTF-8")
  strict(text)
  feed = RSS::Parser.parse(without_atom(text), validate: true, ignore_unknown_element: false)
  raise "no RSS 2.0" unless feed.is_a?(RSS::Rss) && feed.rss_version == "2.0"
  puts "#{file}: #{feed.items.size} items, valid"
  true
rescue StandardError => error
  warn "#{file}: #{error.message}"
  false
end
exit wrong.empty?
